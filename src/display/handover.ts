/**
 * Starting the background pass: detached, in a session of its own, its three descriptors on /dev/null, so that it
 * outlives this process and the client's cancelling of it, and holds nothing of the client's.
 */

import { gatherIsDue, isOpen } from "../state/due.ts";
import { encodeHandover, HANDOVER_VARIABLE, handoverOf, PAYLOAD_LIMIT } from "../state/handover.ts";
import { configPath } from "../state/paths.ts";
import type { RenderInputs } from "./context.ts";
import type { Environment } from "./terminal.ts";

/** Variables through which Bun would run something else in our name. */
const NOT_FOR_CHILDREN = ["BUN_OPTIONS", "BUN_BE_BUN", "BUN_INSPECT", "BUN_JSC_useJIT"];

/** Whether a background pass would have something to do. */
export function passIsDue({ context, state, root, claudeDir, configChanged }: RenderInputs): boolean {
  if (state === undefined) return false;
  if (configChanged && isOpen(context.session?.attempts, context.now)) return true;
  return gatherIsDue({
    now: context.now,
    settings: context.config,
    sessionId: context.payload.sessionId,
    session: context.session,
    billUsd: context.payload.cost.usd,
    root,
    repo: context.repo,
    claudeDir,
    account: context.account,
  });
}

/** Start a background pass and forget it. Throws when the system cannot start a process. */
export function startPass(scene: RenderInputs, env: Environment): void {
  const { context, root, claudeDir, payloadBytes } = scene;
  const clientPid = Number(env.CLAUDE_PID);
  const config = configPath(env);
  const handover = encodeHandover({
    ...handoverOf(context.payload),
    apiKey: context.apiKey,
    ...(root === undefined ? {} : { root }),
    ...(claudeDir === undefined ? {} : { claudeDir }),
    ...(config === undefined ? {} : { configPath: config }),
    ...(Number.isInteger(clientPid) && clientPid > 0 ? { clientPid } : {}),
    ...(payloadBytes === undefined || payloadBytes.length > PAYLOAD_LIMIT
      ? {}
      : { payload: new TextDecoder().decode(payloadBytes) }),
  });
  const inherited: Record<string, string> = {};
  for (const name in env) {
    const value = env[name];
    if (value !== undefined && !NOT_FOR_CHILDREN.includes(name)) inherited[name] = value;
  }
  Bun.spawn([process.execPath, "gather"], {
    cwd: "/",
    env: { ...inherited, [HANDOVER_VARIABLE]: handover },
    detached: true,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  }).unref();
}
