/** The session that the user had last, for the editor's preview: its newest payload, and what was gathered of it. */
import { parseJson } from "../../claude/json.ts";
import { readPayload } from "../../claude/payload.ts";
import type { Config } from "../../config/config.ts";
import { resolveInputs } from "../../display/context.ts";
import type { Context, Terminal } from "../../line/context.ts";
import { readLastPayload } from "../../state/last-payload.ts";
import { statePaths } from "../../state/paths.ts";

/**
 * @returns draws the session for a terminal and a configuration, at the time of its last payload; undefined when no
 * session is known
 */
export function lastSession(): ((terminal: Terminal, config: Config) => Context) | undefined {
  const paths = statePaths(process.env);
  const last = paths && readLastPayload(paths);
  const json = last && parseJson(last.text);
  if (!last || json === undefined) return undefined;
  const received = { payload: readPayload(json), bytes: new TextEncoder().encode(last.text) };
  return (terminal, config) => {
    const { context } = resolveInputs(process.env, { config }, last.at, received);
    return { ...context, terminal };
  };
}
