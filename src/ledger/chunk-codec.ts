/**
 * A chunk on its way between threads: numbers in one array that is transferred, text in one string. Cloning the messages
 * as objects would cost more than the second thread saves.
 */
import { mapUsage, USAGE_KINDS } from "../claude/token-counts.ts";
import type { UsageLine } from "../claude/transcript.ts";
import type { UsageChunk } from "./read-files.ts";

export interface PackedChunk extends Omit<UsageChunk, "usage"> {
  readonly numbers: Float64Array<ArrayBuffer>;
  /** Six texts for each message, one a line. */
  readonly text: string;
}

/** Numbers for each message. */
const WIDTH = 5 + USAGE_KINDS.length;
const TEXTS = 6;
const SIDECHAIN = 1;
const FINAL = 2;

export function pack({ usage, ...rest }: UsageChunk): PackedChunk {
  const numbers = new Float64Array(usage.length * WIDTH);
  const texts: string[] = [];
  let at = 0;
  for (const { line, anonymous } of usage) {
    numbers[at++] = line.at;
    numbers[at++] = line.costUsd ?? Number.NaN;
    numbers[at++] = (line.sidechain ? SIDECHAIN : 0) | (line.final ? FINAL : 0);
    numbers[at++] = line.requests?.least ?? Number.NaN;
    numbers[at++] = line.requests?.most ?? Number.NaN;
    for (const kind of USAGE_KINDS) numbers[at++] = line[kind];
    texts.push(
      line.id ?? anonymous,
      line.requestId ?? "",
      line.sessionId ?? "",
      line.model,
      line.speed ?? "",
      line.geo ?? "",
    );
  }
  return { ...rest, numbers, text: texts.map(clean).join("\n") };
}

/** @returns the chunk; a message without an id gets what identifies it instead as its id */
export function unpack({ numbers, text, ...rest }: PackedChunk): UsageChunk {
  const usage: UsageChunk["usage"] = [];
  const texts = text.split("\n");
  for (let at = 0, word = 0; at < numbers.length; at += WIDTH, word += TEXTS) {
    const number = (index: number) => numbers[at + index] as number;
    const cost = number(1);
    let index = 5;
    const line: UsageLine = {
      ...mapUsage(() => number(index++)),
      id: texts[word] as string,
      requestId: texts[word + 1] || undefined,
      uuid: undefined,
      sessionId: texts[word + 2] || undefined,
      model: texts[word + 3] as string,
      at: number(0),
      sidechain: (number(2) & SIDECHAIN) !== 0,
      speed: texts[word + 4] || undefined,
      geo: texts[word + 5] || undefined,
      final: (number(2) & FINAL) !== 0,
      requests: Number.isNaN(number(3)) ? undefined : { least: number(3), most: number(4) },
      costUsd: Number.isNaN(cost) ? undefined : cost,
    };
    usage.push({ line, anonymous: "" });
  }
  return { ...rest, usage };
}

/** A line break within a text would shift all that follow it. No id of the client's has one. */
const clean = (text: string): string => (text.includes("\n") ? text.replaceAll("\n", " ") : text);
