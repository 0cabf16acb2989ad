/** The log of background passes. */
import { lstatSync } from "node:fs";
import { readSmallText } from "../../os/io/file.ts";
import { LOG_LIMIT, rotateLog } from "../../state/log.ts";
import { bad, bytesText, type Check, counted, good, note } from "../check.ts";

/** How many lines of the log are shown. */
const LAST_LINES = 5;
/** What was said longer ago has probably been seen to. Milliseconds. */
const RECENT_MS = 24 * 60 * 60 * 1000;

export const log: Check = {
  name: "log",
  about: "the log of background passes is rotated, and has nothing new to say",
  needsState: true,
  run: ({ paths, now }) => {
    const size = lstatSync(paths.log, { throwIfNoEntry: false })?.size;
    if (size === undefined) return good("nothing was ever logged");
    if (size > 2 * LOG_LIMIT)
      return bad(`${paths.log} has ${bytesText(size)}: it is not rotated`, {
        hint: `move it away; passes do so from ${bytesText(LOG_LIMIT)} on, if they can`,
        fix: (say) => {
          if (rotateLog(paths)) say(`moved ${paths.log} to ${paths.log}.1`);
        },
      });
    const text = readSmallText(paths.log, { limit: 2 * LOG_LIMIT });
    if (text === undefined)
      return bad(`${paths.log} cannot be read`, { hint: "see what it is, and move it away" });
    const recent = text
      .trimEnd()
      .split("\n")
      .filter((line) => now - Date.parse(line.slice(0, 24)) < RECENT_MS);
    if (recent.length === 0) return good(`${bytesText(size)}, nothing new since yesterday`);
    return note(`${counted(recent.length, "line")} since yesterday in ${paths.log}`, {
      details: recent.slice(-LAST_LINES),
    });
  },
};
