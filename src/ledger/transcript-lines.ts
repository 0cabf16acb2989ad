/** Single lines of a transcript, as bytes: their usage, and what they are known by. */
import { TOKEN_KINDS } from "../claude/token-counts.ts";
import { readUsage, type UsageLine } from "../claude/transcript.ts";
import type { Anonymous } from "./writer.ts";

const ASSISTANT = Buffer.from('"type":"assistant"');
const CONTENT = Buffer.from('"content":[');
const AFTER_CONTENT = Buffer.from('],"stop_reason":');
const TIMESTAMP = Buffer.from('"timestamp":"');

/** Whether a line says nothing that the one before it has not said: another content block of the same message. */
export const repeats = (line: UsageLine, before: UsageLine): boolean =>
  line.id !== undefined &&
  line.id === before.id &&
  line.requestId === before.requestId &&
  line.sidechain === before.sidechain &&
  line.sessionId === before.sessionId &&
  line.model === before.model &&
  line.speed === before.speed &&
  line.geo === before.geo &&
  line.requests?.least === before.requests?.least &&
  line.requests?.most === before.requests?.most &&
  line.at >= before.at &&
  TOKEN_KINDS.every((kind) => line[kind] === before[kind]);

/** A message without an id is known by its line's; by the line itself and its place, where that has none either. */
export const nameless = (line: UsageLine, bytes: Buffer, place: string): Anonymous =>
  `line ${line.uuid ?? `${Bun.hash.xxHash64(bytes)} ${place}`}`;

/**
 * The usage on the line from `from` to `to`, whose marker is at `hit`.
 *
 * What a message says is most of its line and none of our business, so the line is parsed without it: from its
 * "content" to the "stop_reason" that stands between it and the usage. Where that cut was wrong the brackets do not
 * match or the message is missing, and the whole line is parsed. Latin-1 takes a third of the time of UTF-8, and differs
 * only in what is not ASCII.
 */
export function parseUsage(bytes: Buffer, from: number, hit: number, to: number): UsageLine[] {
  // The results of some tools have a usage of their own.
  if (!bytes.subarray(from, to).includes(ASSISTANT)) return [];
  const content = bytes.indexOf(CONTENT, from);
  if (content >= 0 && content < hit) {
    const rest = bytes.lastIndexOf(AFTER_CONTENT, hit);
    if (rest > content) {
      const before = bytes.toString("latin1", from, content + CONTENT.length);
      const found = readUsage(before + bytes.toString("latin1", rest, to));
      if (found.length > 0 && found.every(isAscii)) return found;
    }
  }
  return readUsage(bytes.toString("utf8", from, to));
}

const isAscii = ({ model, sessionId = "" }: UsageLine): boolean =>
  !NOT_ASCII.test(model) && !NOT_ASCII.test(sessionId);
const NOT_ASCII = /[^\x20-\x7e]/;

export function lastTime(bytes: Buffer): number | undefined {
  for (let hit = bytes.lastIndexOf(TIMESTAMP); hit >= 0; hit = bytes.lastIndexOf(TIMESTAMP, hit - 1)) {
    const at = Date.parse(bytes.toString("latin1", hit + TIMESTAMP.length, hit + TIMESTAMP.length + 24));
    if (!Number.isNaN(at)) return at;
    if (hit === 0) break;
  }
  return undefined;
}
