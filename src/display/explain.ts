/** A render explained: its inputs, and the outcome of each segment. */

import { printable } from "../cli/characters.ts";
import { loadConfig } from "../config/load.ts";
import { checkChanged } from "../config-file/refresh.ts";
import { type Explanation, explainLine } from "../line/explain.ts";
import { cells } from "../line/layout/cells.ts";
import { tidy } from "../line/layout/clean.ts";
import type { Environment } from "../os/environment.ts";
import { configPath, statePaths } from "../state/paths.ts";
import type { Part } from "../state/scopes.ts";
import { withoutUndefined } from "../state/shape.ts";
import { type RenderInputs, resolveInputs } from "./context.ts";
import { passIsDue } from "./handover.ts";
import { describeTheme } from "./theme-source.ts";

/** A part of the state files, as the render found it. */
interface PartExplanation {
  readonly scope: "session" | "repository" | "account";
  readonly name: string;
  /** Milliseconds since it was gathered; missing before the first value. */
  readonly ageMs?: number;
  readonly tookMs: number;
  readonly error?: string;
}

/** The JSON of `plimsoll explain --json`. */
type RenderExplanation = Awaited<ReturnType<typeof explainRender>>;

/** Resolve the inputs as `display` does, and explain each segment. Reads stdin; draws and starts nothing. */
export async function explainRender(env: Environment) {
  const clock = () => performance.now();
  const started = clock();
  const settled = await checkChanged(loadConfig(configPath(env), statePaths(env)?.configCache));
  const inputs = resolveInputs(env, settled, Date.now());
  const read = clock();
  const { context, root, claudeDir } = inputs;
  const segments = explainLine(context, clock);
  const drawn = clock();
  return withoutUndefined({
    ...context.terminal,
    /** The theme in use, and what decided it. */
    theme: describeTheme(context, env),
    /** Why stdin gave no payload. */
    payloadError: context.payloadError,
    /** Why the user's configuration is not in force. */
    settingsError: context.configError,
    workingTree: root,
    claudeDirectory: claudeDir,
    model: context.payload.model.id,
    parts: explainParts(inputs),
    /** Display would start a background pass now. */
    gatherDue: passIsDue(inputs),
    /** Failed passes in a row, and until when the next one waits. Unix milliseconds. */
    backOff: longestBackOff(inputs),
    segments,
    /** Durations of reading everything and of drawing. */
    readMs: read - started,
    drawMs: drawn - read,
  });
}

function explainParts({ context }: RenderInputs): PartExplanation[] {
  const scopes = { session: context.session, repository: context.repo, account: context.account };
  return Object.entries(scopes).flatMap(([scope, state]) =>
    Object.entries((state?.parts ?? {}) as Record<string, Part<unknown>>).map(([name, part]) =>
      withoutUndefined({
        scope: scope as PartExplanation["scope"],
        name,
        tookMs: part.tookMs,
        ageMs: part.value === null ? undefined : Math.max(0, context.now - part.gatheredAt),
        error: part.error,
      }),
    ),
  );
}

function longestBackOff({ context }: RenderInputs): { failures: number; until: number } | undefined {
  const waiting = [context.session, context.repo, context.account]
    .flatMap((state) => (state ? [state.attempts] : []))
    .filter(({ notBefore }) => notBefore > context.now)
    .toSorted((a, b) => b.notBefore - a.notBefore)[0];
  return waiting && { failures: waiting.failures, until: waiting.notBefore };
}

/** @returns the explanation as text. @param price what the model costs, in one line */
export function formatExplanation(explanation: RenderExplanation, price?: string): string {
  const { cells, colors, links, background, readMs, drawMs, segments, parts, backOff } = explanation;
  const configured = segments.filter(({ form }) => form !== "not configured");
  const others = segments.filter(({ form }) => form === "not configured");
  return [
    `${cells} cells, ${colors} colours, links ${links ? "on" : "off"}, background ${background}; read in ${readMs.toFixed(1)} ms, drawn in ${drawMs.toFixed(1)} ms`,
    ...labelled("theme", explanation.theme),
    ...labelled("no payload", explanation.payloadError),
    ...labelled("configuration", explanation.settingsError),
    ...labelled("working tree", explanation.workingTree),
    ...labelled("price of a million tokens", price),
    parts.length === 0 ? "state: none yet" : "state:",
    ...parts.map(formatPart),
    `background pass: ${explanation.gatherDue ? "due" : "not due"}${backOff ? `, backing off after ${backOff.failures} failures` : ""}`,
    "",
    ...formatSegments(configured),
    "",
    `Not configured: ${others.map(({ name }) => name).join(", ")}.`,
  ].join("\n");
}

const labelled = (label: string, text: string | undefined): string[] =>
  text === undefined ? [] : [`${label}: ${printable(text)}`];

function formatPart({ scope, name, ageMs, tookMs, error }: PartExplanation): string {
  const age = ageMs === undefined ? "no value yet" : `${(ageMs / 1000).toFixed(1)} s old`;
  const failure = error === undefined ? "" : `, failed: ${printable(error)}`;
  return `  ${scope} ${printable(name)}: ${age}, took ${Math.round(tookMs)} ms${failure}`;
}

function formatSegments(segments: readonly Explanation[]): string[] {
  const width = Math.max(0, ...segments.map(({ name }) => cells(printable(name))));
  return segments.map(({ name, text, form, reason, source, ms }) => {
    const label = printable(name);
    const cost = ms === undefined ? "" : `${ms.toFixed(2)} ms`;
    const shown =
      text === undefined ? `absent because ${printable(reason ?? "it has nothing to show")}` : tidy(text);
    const notes = [form === "full" || form === "absent" ? "" : form, text === undefined ? "" : reason];
    const note = notes.filter(Boolean).join("; ");
    const padded = `${label}${" ".repeat(width - cells(label))}  ${cost.padStart(8)}`;
    return `${padded}  ${shown}${printable(note && `  [${note}]`)}\n${"".padEnd(width + 10)}  from ${printable(source)}`;
  });
}
