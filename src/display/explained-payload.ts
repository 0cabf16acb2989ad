/** The payload that `plimsoll explain` explains: the one on stdin, or the newest that a pass has kept. */
import { fstatSync } from "node:fs";
import { parseJson } from "../claude/json.ts";
import { readPayload } from "../claude/payload.ts";
import type { Environment } from "../os/environment.ts";
import { readLastPayload } from "../state/last-payload.ts";
import { statePaths } from "../state/paths.ts";
import { type ReceivedPayload, receivePayload } from "./payload.ts";

const STDIN = 0;

/** Where a payload comes from. A kept one has the time when it was kept, in Unix milliseconds. */
export type PayloadSource =
  | { readonly kind: "stdin" }
  | { readonly kind: "last session"; readonly at: number }
  | { readonly kind: "no session" };

/** Reads stdin unless nothing can come from there: a terminal, /dev/null. Never throws. */
export function payloadToExplain(env: Environment): { received: ReceivedPayload; source: PayloadSource } {
  if (!isDevice(STDIN)) return { received: receivePayload(env), source: { kind: "stdin" } };
  const paths = statePaths(env);
  const last = paths && readLastPayload(paths);
  const json = parseJson(last?.text);
  if (last === undefined || json === undefined)
    return {
      received: { payload: readPayload(undefined), error: "no session yet" },
      source: { kind: "no session" },
    };
  const received = { payload: readPayload(json), bytes: new TextEncoder().encode(last.text) };
  return { received, source: { kind: "last session", at: last.at } };
}

function isDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false; // closed
  }
}
