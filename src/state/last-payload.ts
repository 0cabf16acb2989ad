/** The newest payload of Claude Code that a pass has kept, of whichever session. */
import { cWord } from "../os/ffi/library.ts";
import { linkStat } from "../os/ffi/stat.ts";
import { readSmallText } from "../os/io/file.ts";
import { PAYLOAD_LIMIT } from "./handover.ts";
import type { StatePaths } from "./paths.ts";

interface LastPayload {
  /** The JSON text. */
  readonly text: string;
  /** When it was kept. Unix milliseconds. */
  readonly at: number;
}

/** @returns undefined when none was kept in the last days, or the file is not ours */
export function readLastPayload({ lastPayload }: StatePaths): LastPayload | undefined {
  const text = readSmallText(lastPayload, { limit: PAYLOAD_LIMIT * 2, mustBeOurs: true });
  const facts = linkStat(cWord(lastPayload));
  return text === undefined || facts === undefined ? undefined : { text, at: facts.modifiedMs };
}
