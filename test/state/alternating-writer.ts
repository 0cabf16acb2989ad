/** Writes one session's state in a loop, small and large alternately, each filled with one letter. The test kills it. */
import { stateFile, statePaths } from "../../src/state/paths.ts";
import { writeState } from "../../src/state/write.ts";
import { partOf, SESSION_ID, sessionState } from "./states.ts";

const paths = statePaths(process.env);
if (!paths) throw new Error("no state directory");
const file = stateFile(paths, "session", SESSION_ID);
for (let round = 0; ; round++) {
  const letter = String.fromCharCode(97 + (round % 26));
  const lastUserMessage = letter.repeat(round % 2 === 0 ? 10 : 40_000);
  const facts = { turns: lastUserMessage.length, compactions: 0, tools: [], agents: [], lastUserMessage };
  writeState(file, sessionState({ parts: { transcript: partOf(facts) } }));
}
