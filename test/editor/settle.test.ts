import { expect, test } from "bun:test";
import type { EditorServices } from "../../src/editor/effects.ts";
import { settle } from "../../src/editor/settle.ts";
import { type EditorState, isChanged, modeOf } from "../../src/editor/state.ts";
import { opened, pressed, shown, TEXT, textOf, times } from "./editing.ts";

/** Services that must not be called, but for these. */
const services = (own: Partial<EditorServices>): EditorServices => {
  const unexpected = () => ({ error: "unexpected" });
  return {
    save: async () => unexpected(),
    read: unexpected,
    complete: unexpected,
    write: unexpected,
    planInstall: async () => ({ error: "unexpected" }),
    planUninstall: async () => ({ error: "unexpected" }),
    install: async () => ({ error: "unexpected" }),
    uninstall: async () => ({ error: "unexpected" }),
    ...own,
  };
};

const changed = () => pressed(opened(), "x");
const atExport = (path: string): EditorState => {
  const at = pressed(opened(), ...times(30, "down"), "up");
  return pressed(at, "enter", "ctrl-u", `=${path}`, "enter");
};
const atImport = (path: string): EditorState =>
  pressed(opened(), ...times(30, "down"), "up", "up", "enter", "ctrl-u", `=${path}`, "enter");

test("a failed save keeps the changes and the editor open", async () => {
  const state = await settle(
    pressed(changed(), "s", "y"),
    services({ save: async () => ({ error: "disk full" }) }),
  );
  expect(state.outcome).toBeUndefined();
  expect(isChanged(state)).toBe(true);
  expect(shown(state)).toContain("disk full");
});

test("a file that changed meanwhile is overwritten only after y", async () => {
  const asked = await settle(
    pressed(changed(), "s", "y"),
    services({ save: async () => ({ changed: "edited" }) }),
  );
  expect(shown(asked)).toContain("has changed since it was opened");
  expect(pressed(asked, "enter").effect).toBeUndefined();
  expect(pressed(asked, "y").effect).toMatchObject({ kind: "save", force: true, leave: true });
});

test("a file that was removed meanwhile is written only after y", async () => {
  const asked = await settle(
    pressed(changed(), "s", "y"),
    services({ save: async () => ({ changed: "removed" }) }),
  );
  expect(shown(asked)).toContain("was removed since it was opened");
  expect(shown(asked)).not.toContain(".bak");
});

test("saving and continuing starts from the saved text", async () => {
  const state = await settle(
    pressed(changed(), "s", "e"),
    services({ save: async () => ({ report: "wrote it" }) }),
  );
  expect(state.outcome).toBeUndefined();
  expect(isChanged(state)).toBe(false);
  expect(shown(state)).toContain("wrote it");
  expect(shown(state)).not.toContain("next redraw");
  const installed = pressed(opened(TEXT, { installed: true }), "x", "s", "e");
  expect(shown(await settle(installed, services({ save: async () => ({ report: "wrote it" }) })))).toContain(
    "wrote it; Claude Code shows it at its next redraw",
  );
  // What was saved can still be undone.
  expect(textOf(pressed(state, "u"))).toBe(TEXT);
  expect(isChanged(pressed(state, "u"))).toBe(true);
});

test("export asks before it overwrites, and shows errors in the field", async () => {
  const state = atExport("~/x.json");
  expect(state.effect).toMatchObject({ kind: "export", path: "~/x.json", text: TEXT, overwrite: false });
  const asked = await settle(state, services({ write: () => ({ exists: "/home/dev/x.json" }) }));
  expect(shown(asked)).toContain("/home/dev/x.json exists. Overwrite it?");
  expect(pressed(asked, "n").effect).toBeUndefined();
  expect(pressed(asked, "y").effect).toMatchObject({ kind: "export", overwrite: true });
  const failed = await settle(state, services({ write: () => ({ error: "no such directory" }) }));
  expect(modeOf(failed)).toMatchObject({ name: "input", value: "~/x.json", error: "no such directory" });
});

test("an import names the commands that gather would run", async () => {
  const text = '{"commands":{"w":{"run":["curl","-s","example.com"]}}}';
  const asked = await settle(atImport("/x"), services({ read: () => ({ path: "/x", text }) }));
  expect(shown(asked).replaceAll(/\s+/g, " ")).toContain("curl -s example.com");
});

test("an import is validated, shown before it is taken, and undone to the byte", async () => {
  const read = (text: string) => services({ read: () => ({ path: "/x", text }) });
  const invalid = await settle(atImport("/x"), read('{"rows": [["gti"]]}'));
  expect(shown(invalid)).toContain("did you mean 'git'?");
  expect(shown(await settle(atImport("/x"), read("{")))).toContain("not JSON");
  const offered = await settle(atImport("/x"), read('{"rows": [["clock"]], "style": "capsule"}'));
  expect(shown(offered)).toContain("▐14:05▌");
  expect(textOf(offered)).toBe(TEXT);
  const replaced = pressed(offered, "r");
  expect(textOf(replaced)).toBe('{"rows": [["clock"]], "style": "capsule"}');
  expect(textOf(pressed(replaced, "u"))).toBe(TEXT);
  const merged = pressed(offered, "m");
  expect(merged.document.config).toMatchObject({
    style: "capsule",
    bar: { cells: 8 },
    rows: [{ left: ["clock"] }],
  });
  expect(textOf(merged)).toContain("// to start from");
  expect(textOf(pressed(offered, "escape"))).toBe(TEXT);
});

test("installing shows the plan, and writes only after y", async () => {
  const at = pressed(opened(), ...times(30, "down"), "enter");
  expect(at.effect).toEqual({ kind: "plan-install", refresh: undefined });
  const plan = {
    refresh: undefined,
    path: "/s",
    present: "other",
    diff: ["- a", "+ b"],
    other: "ccusage",
  } as const;
  const planned = await settle(at, services({ planInstall: async () => plan }));
  expect(shown(planned)).toContain("another status line: ccusage");
  expect(pressed(planned, "q").effect).toBeUndefined();
  expect(pressed(planned, "right").effect).toEqual({ kind: "plan-install", refresh: 15 });
  expect(pressed(planned, "y").effect).toMatchObject({ kind: "install", replace: true });
  const failed = await settle(pressed(planned, "y"), services({ install: async () => ({ error: "busy" }) }));
  expect(shown(failed)).toContain("busy");
});

test("removing the line from Claude Code shows the change, and writes only after y", async () => {
  const at = pressed(opened(), ...times(30, "down"), "enter");
  const plan = { refresh: 5, path: "/s", present: "ours", diff: [] } as const;
  const planned = await settle(at, services({ planInstall: async () => plan }));
  expect(shown(planned)).toContain("redrawn at least every 5 s");
  const asked = pressed(planned, "x");
  expect(asked.effect).toEqual({ kind: "plan-uninstall" });
  const removal = { ...plan, removes: true, refresh: undefined, diff: ["- line"] };
  const shownRemoval = await settle(asked, services({ planUninstall: async () => removal }));
  expect(shown(shownRemoval)).toContain("This change removes the line");
  for (const key of ["x", "right", "enter"]) expect(pressed(shownRemoval, key).effect).toBeUndefined();
  expect(pressed(shownRemoval, "y").effect).toEqual({ kind: "uninstall" });
});

test("tab completes a path, and lists the names that begin like it", async () => {
  const at = pressed(opened(), ...times(30, "down"), "up", "enter");
  expect(modeOf(at)).toMatchObject({ name: "input", value: "~/plimsoll.json" });
  const asked = pressed(at, "ctrl-u", "=~/p", "tab");
  expect(asked.effect).toEqual({ kind: "complete", path: "~/p" });
  const several = { path: "~/pl", names: ["place/", "plan.json"] };
  const found = await settle(asked, services({ complete: () => several }));
  expect(modeOf(found)).toMatchObject({ value: "~/pl", cursor: 4 });
  expect(shown(found)).toContain("place/  plan.json");
  expect(shown(pressed(found, "a"))).not.toContain("plan.json");
  const none = await settle(asked, services({ complete: () => ({ path: "~/p", names: [] }) }));
  expect(shown(none)).toContain("no file begins like this");
});
