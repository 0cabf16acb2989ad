import type { TranscriptFacts } from "../../state/schema.ts";
import { type GatherPart, type Job, NotYet } from "../part.ts";
import { readCursor, readOn, writeCursor } from "../transcript/reader.ts";
import { factsOf } from "../transcript/tally.ts";

/** What the session's transcript tells, from what was appended since the last pass. */
export const transcript: GatherPart<"session"> = {
  name: "transcript",
  scope: "session",
  about: "turns, the last prompt, tools, subagents, todos, compactions",
  async gather({ state, request, signal }: Job<"session">): Promise<TranscriptFacts> {
    const path = request.transcriptPath ?? state.seen?.transcriptPath;
    if (path === undefined) throw new Error("the session's transcript is not known");
    const before = readCursor(state.cursor, path);
    const { cursor, complete } = await readOn(path, before, signal).catch((error) =>
      explain(error, before !== undefined),
    );
    state.cursor = writeCursor(cursor);
    // Kept all the same: the next pass goes on from there.
    if (!complete) throw new NotYet("the transcript is long: reading it goes on in the next pass");
    return factsOf(cursor.tally);
  },
};

/** A session that has not been sent a prompt has no transcript yet; one that had one has lost it. */
function explain(error: NodeJS.ErrnoException, had: boolean): never {
  if (error.code !== "ENOENT") throw error;
  throw had ? new Error("the transcript is gone") : new NotYet("there is no transcript yet");
}
