import { type Gather, NotYet } from "../part.ts";
import { readCursor, readOn, writeCursor } from "../transcript/reader.ts";
import { factsOf } from "../transcript/tally.ts";

/** The facts of the session's transcript, from what was appended since the last pass. */
export const gatherTranscript: Gather<"transcript"> = async (state, { request, signal }) => {
  const path = request.payload.transcriptPath ?? state.seen?.transcriptPath;
  if (path === undefined) throw new Error("the session's transcript is not known");
  const before = readCursor(state.cursor, path);
  const { cursor, complete } = await readOn(path, before, signal).catch((error) =>
    explain(error, before !== undefined),
  );
  // Kept even when incomplete: the next pass continues there.
  state.cursor = writeCursor(cursor);
  if (!complete) throw new NotYet("the transcript is long: the next pass continues");
  return factsOf(cursor.tally);
};

/** Before its first prompt a session has no transcript; later a missing one is an error. */
function explain(error: NodeJS.ErrnoException, had: boolean): never {
  if (error.code !== "ENOENT") throw error;
  throw had ? new Error("the transcript is missing") : new NotYet("there is no transcript yet");
}
