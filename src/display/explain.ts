/** A render explained: its inputs, and the outcome of each segment. */

import { loadConfig } from "../config/load.ts";
import { checkChanged } from "../config-file/refresh.ts";
import type { Context } from "../line/context.ts";
import { type Explanation, explainLine } from "../line/explain.ts";
import type { Environment } from "../os/environment.ts";
import { configPath, statePaths } from "../state/paths.ts";
import type { Part } from "../state/scopes.ts";
import { withoutUndefined } from "../state/shape.ts";
import { type RenderInputs, resolveInputs } from "./context.ts";
import { type PayloadSource, payloadToExplain } from "./explained-payload.ts";
import { passIsDue } from "./handover.ts";
import { describeTheme } from "./theme-source.ts";

/** A part of the state files, as the render found it. */
export interface PartExplanation {
  readonly scope: "session" | "repository" | "account";
  readonly name: string;
  /** Milliseconds since it was gathered; missing before the first value. */
  readonly ageMs?: number;
  readonly tookMs: number;
  readonly error?: string;
}

/** The JSON of `plimsoll explain --json`, with the segments as they are drawn. */
export type RenderFacts = ReturnType<typeof factsOf>;

export interface ExplainedRender {
  readonly facts: RenderFacts;
  readonly context: Context;
  readonly source: PayloadSource;
}

/** Resolve the inputs as `display` does, and explain each segment. Reads stdin; draws and starts nothing. */
export async function explainRender(env: Environment): Promise<ExplainedRender> {
  const started = performance.now();
  const settled = await checkChanged(loadConfig(configPath(env), statePaths(env)?.configCache));
  const { received, source } = payloadToExplain(env);
  const inputs = resolveInputs(env, settled, Date.now(), received);
  const read = performance.now();
  const segments = explainLine(inputs.context, () => performance.now());
  const times = { readMs: read - started, drawMs: performance.now() - read };
  return {
    facts: factsOf(inputs, source, segments, { ...times, theme: describeTheme(inputs.context, env) }),
    context: inputs.context,
    source,
  };
}

function factsOf(
  inputs: RenderInputs,
  source: PayloadSource,
  segments: readonly Explanation[],
  { readMs, drawMs, theme }: { readMs: number; drawMs: number; theme: string },
) {
  const { context, root, claudeDir } = inputs;
  return withoutUndefined({
    ...context.terminal,
    /** Milliseconds since the payload was kept, if it is that of the last session. */
    payloadAgeMs: source.kind === "last session" ? Math.max(0, context.now - source.at) : undefined,
    /** The theme in use, and what decided it. */
    theme,
    /** Why stdin gave no payload. */
    payloadError: context.payloadError,
    /** Why the user's configuration is not in force. */
    settingsError: context.configError,
    workingTree: root,
    claudeDirectory: claudeDir,
    model: context.payload.model.id,
    parts: explainParts(context),
    /** Display would start a background pass now. */
    gatherDue: passIsDue(inputs),
    /** Failed passes in a row, and until when the next one waits. Unix milliseconds. */
    backOff: longestBackOff(context),
    segments,
    /** Durations of reading everything and of drawing. */
    readMs,
    drawMs,
  });
}

function explainParts(context: Context): PartExplanation[] {
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

function longestBackOff(context: Context): { failures: number; until: number } | undefined {
  const waiting = [context.session, context.repo, context.account]
    .flatMap((state) => (state ? [state.attempts] : []))
    .filter(({ notBefore }) => notBefore > context.now)
    .toSorted((a, b) => b.notBefore - a.notBefore)[0];
  return waiting && { failures: waiting.failures, until: waiting.notBefore };
}
