/**
 * Starting the background pass: detached, in its own session, with all three descriptors on /dev/null, so that it
 * survives when the client cancels this process, and holds none of the client's descriptors open.
 */

import type { Environment } from "../os/environment.ts";
import { gatherIsDue, isOpen } from "../state/due.ts";
import { encodeHandover, HANDOVER_VARIABLE, PAYLOAD_LIMIT } from "../state/handover.ts";
import { configPath } from "../state/paths.ts";
import type { RenderInputs } from "./context.ts";

/** Variables that make Bun run something else. */
const NOT_FOR_CHILDREN = ["BUN_OPTIONS", "BUN_BE_BUN", "BUN_INSPECT", "BUN_JSC_useJIT"];

/** Whether a background pass would have something to do. */
export function passIsDue({ context, state, root, claudeDir, configChanged }: RenderInputs): boolean {
  if (state === undefined) return false;
  if (configChanged && isOpen(context.session?.attempts, context.now)) return true;
  return gatherIsDue({
    now: context.now,
    config: context.config,
    sessionId: context.payload.sessionId,
    session: context.session,
    billUsd: context.payload.cost.usd,
    root,
    repo: context.repo,
    claudeDir,
    account: context.account,
  });
}

/** Start a background pass and do not wait for it. @throws when the system cannot start a process */
export function spawnPass(inputs: RenderInputs, env: Environment): void {
  const { context, root, claudeDir, payloadBytes } = inputs;
  const clientPid = Number(env.CLAUDE_PID);
  const isSmall = payloadBytes !== undefined && payloadBytes.length <= PAYLOAD_LIMIT;
  const handover = encodeHandover({
    payload: context.payload,
    payloadText: isSmall ? new TextDecoder().decode(payloadBytes) : undefined,
    root,
    claudeDir,
    configPath: configPath(env),
    clientPid: Number.isInteger(clientPid) && clientPid > 0 ? clientPid : undefined,
    apiKey: context.apiKey,
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
