/** A render explained: what it was drawn from, and what became of each segment. */

import { printable } from "../cli/characters.ts";
import { loadConfig } from "../config/load.ts";
import { checkChanged } from "../config-file/refresh.ts";
import { type Explanation, explainLine } from "../line/explain.ts";
import { cells } from "../line/layout/cells.ts";
import { tidy } from "../line/layout/clean.ts";
import { configPath, statePaths } from "../state/paths.ts";
import type { Part } from "../state/scopes.ts";
import { type RenderInputs, resolveInputs } from "./context.ts";
import { passIsDue } from "./handover.ts";
import type { Environment } from "./terminal.ts";

/** A part of the state files, as the render found it. */
export interface PartExplanation {
  readonly scope: "session" | "repository" | "account";
  readonly name: string;
  /** Milliseconds since it was gathered; absent when there is no value yet. */
  readonly ageMs?: number;
  readonly tookMs: number;
  readonly error?: string;
}

export interface SceneExplanation {
  readonly cells: number;
  readonly rows?: number;
  readonly colors: number;
  readonly links: boolean;
  readonly background: string;
  /** Why stdin gave no payload. */
  readonly payloadError?: string;
  /** Why the configuration is not the user's. */
  readonly settingsError?: string;
  readonly workingTree?: string;
  readonly claudeDirectory?: string;
  /** The id of the session's model. */
  readonly model?: string;
  readonly parts: readonly PartExplanation[];
  /** Display would start a background pass now. */
  readonly gatherDue: boolean;
  /** Failed passes in a row, and until when the next one waits (Unix milliseconds). */
  readonly backOff?: { readonly failures: number; readonly until: number };
  readonly segments: readonly Explanation[];
  /** Milliseconds for reading everything, and for drawing. */
  readonly readMs: number;
  readonly drawMs: number;
}

/** Resolve what `display` would, and say what came of it. Reads stdin; draws and starts nothing. */
export async function explainScene(env: Environment): Promise<SceneExplanation> {
  const clock = () => performance.now();
  const started = clock();
  const settled = await checkChanged(loadConfig(configPath(env), statePaths(env)?.configCache));
  const scene = resolveInputs(env, settled, Date.now());
  const read = clock();
  const segments = explainLine(scene.context, clock);
  const drawn = clock();
  const { context } = scene;
  const { cells, rows, colors, links, background } = context.terminal;
  const backOff = longestBackOff(scene);
  return {
    cells,
    colors,
    links,
    background,
    parts: explainParts(scene),
    gatherDue: passIsDue(scene),
    segments,
    readMs: read - started,
    drawMs: drawn - read,
    ...(rows === undefined ? {} : { rows }),
    ...(context.payloadError === undefined ? {} : { payloadError: context.payloadError }),
    ...(context.configError === undefined ? {} : { settingsError: context.configError }),
    ...(scene.root === undefined ? {} : { workingTree: scene.root }),
    ...(context.payload.model.id === undefined ? {} : { model: context.payload.model.id }),
    ...(scene.claudeDir === undefined ? {} : { claudeDirectory: scene.claudeDir }),
    ...(backOff === undefined ? {} : { backOff }),
  };
}

function explainParts({ context }: RenderInputs): PartExplanation[] {
  const scopes = { session: context.session, repository: context.repo, account: context.account };
  return Object.entries(scopes).flatMap(([scope, state]) =>
    Object.entries((state?.parts ?? {}) as Record<string, Part<unknown>>).map(([name, part]) => ({
      scope: scope as PartExplanation["scope"],
      name,
      tookMs: part.tookMs,
      ...(part.value === null ? {} : { ageMs: Math.max(0, context.now - part.gatheredAt) }),
      ...(part.error === undefined ? {} : { error: part.error }),
    })),
  );
}

function longestBackOff({ context }: RenderInputs): SceneExplanation["backOff"] {
  const waiting = [context.session, context.repo, context.account]
    .flatMap((state) => (state ? [state.attempts] : []))
    .filter(({ notBefore }) => notBefore > context.now)
    .toSorted((a, b) => b.notBefore - a.notBefore)[0];
  return waiting && { failures: waiting.failures, until: waiting.notBefore };
}

/** The explanation as a person reads it. @param price what the model costs, in one line */
export function formatExplanation(explanation: SceneExplanation, price?: string): string {
  const { segments, parts } = explanation;
  const configured = segments.filter(({ form }) => form !== "not configured");
  const others = segments.filter(({ form }) => form === "not configured");
  const width = Math.max(0, ...configured.map(({ name }) => cells(printable(name))));
  const lines = configured.map(({ name, text, form, reason, source, ms }) => {
    const cost = ms === undefined ? "" : `${ms.toFixed(2)} ms`;
    const shown =
      text === undefined ? `absent because ${printable(reason ?? "it has nothing to show")}` : tidy(text);
    const notes = [
      form === "full" || form === "absent" ? "" : form,
      text === undefined ? "" : (reason ?? ""),
    ];
    const note = notes.filter((each) => each !== "").join("; ");
    const label = printable(name);
    return `${label}${" ".repeat(width - cells(label))}  ${cost.padStart(8)}  ${shown}${printable(note && `  [${note}]`)}\n${"".padEnd(width + 10)}  from ${printable(source)}`;
  });
  const state = parts.map(
    ({ scope, name, ageMs, tookMs, error }) =>
      `  ${scope} ${printable(name)}: ${ageMs === undefined ? "no value yet" : `${(ageMs / 1000).toFixed(1)} s old`}, took ${Math.round(tookMs)} ms${error === undefined ? "" : `, failed: ${printable(error)}`}`,
  );
  return [
    `${explanation.cells} cells, ${explanation.colors} colours, links ${explanation.links ? "on" : "off"}, background ${explanation.background}; read in ${explanation.readMs.toFixed(1)} ms, drawn in ${explanation.drawMs.toFixed(1)} ms`,
    ...(explanation.payloadError === undefined ? [] : [`no payload: ${printable(explanation.payloadError)}`]),
    ...(explanation.settingsError === undefined
      ? []
      : [`configuration: ${printable(explanation.settingsError)}`]),
    ...(explanation.workingTree === undefined ? [] : [`working tree: ${printable(explanation.workingTree)}`]),
    ...(price === undefined ? [] : [`price of a million tokens: ${printable(price)}`]),
    `state: ${parts.length === 0 ? "none yet" : ""}`.trimEnd(),
    ...state,
    `background pass: ${explanation.gatherDue ? "due" : "not due"}${explanation.backOff ? `, backing off after ${explanation.backOff.failures} failures` : ""}`,
    "",
    ...lines,
    "",
    `Not configured: ${others.map(({ name }) => name).join(", ")}.`,
  ].join("\n");
}
