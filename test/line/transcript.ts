import type { Context } from "../../src/line/context.ts";
import { sampleContext } from "../../src/line/samples.ts";
import type { TranscriptFacts } from "../../src/state/parts.ts";
import { fromNow, WIDE } from "./draw.ts";

/** The busy session with some facts of its transcript replaced; one set to undefined is absent. */
export function transcript(
  over: Partial<Record<keyof TranscriptFacts, unknown>>,
  old = 0,
): Pick<Context, "session"> {
  const session = sampleContext("busy", WIDE).session as NonNullable<Context["session"]>;
  const value = { ...session.parts.transcript?.value, ...over } as TranscriptFacts;
  const part = { value, gatheredAt: fromNow(-old), triedAt: fromNow(-old), tookMs: 1 };
  return { session: { ...session, parts: { transcript: part } } };
}
