/** Runs the effects of the state machine and returns their results to it. */
import { askToOverwrite } from "./bindings.ts";
import type { EditorServices, Effect } from "./effects.ts";
import { askAgain, askExportPath, offerImport, showCompletion } from "./exchange.ts";
import { type EditorState, notify, open } from "./state.ts";

/** @returns the state after its effect */
export async function settle(state: EditorState, services: EditorServices): Promise<EditorState> {
  const { effect, ...rest } = state;
  if (!effect) return state;
  if (effect.kind === "save") return save(rest, effect, services);
  if (effect.kind === "import") {
    const read = services.read(effect.path);
    if ("error" in read) return askAgain(rest, "import", effect.path, read.error);
    return offerImport(rest, read.path, read.text);
  }
  if (effect.kind === "complete") return showCompletion(rest, services.complete(effect.path));
  if (effect.kind === "export") return exportTo(rest, effect, services);
  if (effect.kind === "plan-install" || effect.kind === "plan-uninstall") {
    const installing = effect.kind === "plan-install";
    const plan = await (installing ? services.planInstall(effect.refresh) : services.planUninstall());
    if ("error" in plan) return notify(rest, plan.error, true);
    return open({ ...rest, installed: plan.present === "ours" }, { name: "install", plan, scroll: 0 });
  }
  const installs = effect.kind === "install";
  const done = await (installs ? services.install(effect.replace, effect.refresh) : services.uninstall());
  if ("error" in done) return notify(rest, done.error, true);
  return notify({ ...rest, installed: installs }, done.report);
}

async function save(
  state: EditorState,
  { text, expected, force, leave }: Extract<Effect, { kind: "save" }>,
  services: EditorServices,
): Promise<EditorState> {
  const result = await services.save(text, expected, force);
  if ("error" in result) return notify(state, result.error, true);
  if ("changed" in result) return askToOverwrite(state, leave, result.changed);
  const next = state.installed ? "; Claude Code shows it at its next redraw" : "";
  const report = `${result.report}${next}`;
  const saved = { ...state, saved: text, fileExists: true, report };
  return leave ? { ...saved, outcome: "saved" } : notify(saved, report);
}

function exportTo(
  state: EditorState,
  effect: Extract<Effect, { kind: "export" }>,
  services: EditorServices,
): EditorState {
  const result = services.write(effect.path, effect.text, effect.overwrite);
  if ("error" in result) return askAgain(state, "export", effect.path, result.error);
  if ("path" in result) return notify(state, `exported to ${result.path}`);
  return open(state, {
    name: "confirm",
    question: `${result.exists} exists. Overwrite it?`,
    answers: [
      {
        keys: ["y"],
        about: "overwrite",
        run: (before) => ({ ...before, effect: { ...effect, overwrite: true } }),
      },
      {
        keys: ["n", "escape", "ctrl-c", "enter"],
        about: "back",
        run: (before) => askExportPath(before, effect.path),
      },
    ],
  });
}
