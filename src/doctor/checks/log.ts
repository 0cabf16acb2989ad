/** The log of background passes. */
import { lstatSync } from "node:fs";
import { readSmallText } from "../../os/io/file.ts";
import { LOG_LIMIT, rotateLog } from "../../state/log.ts";
import { bytesText, type Check, counted, error, info, ok } from "../check.ts";

const SHOWN_LINES = 5;
/** Milliseconds. */
const RECENT_MS = 24 * 60 * 60 * 1000;

export const log: Check = {
  name: "log",
  about: "the log of background passes is rotated and has no recent entries",
  needsState: true,
  run: ({ paths, now }) => {
    const size = lstatSync(paths.log, { throwIfNoEntry: false })?.size;
    if (size === undefined) return ok("nothing logged yet");
    if (size > 2 * LOG_LIMIT)
      return error(`${paths.log} has ${bytesText(size)}: it is not rotated`, {
        hint: `move it away; passes rotate it from ${bytesText(LOG_LIMIT)} on, if they can`,
        fix: (report) => {
          if (rotateLog(paths)) report(`moved ${paths.log} to ${paths.log}.1`);
        },
      });
    const text = readSmallText(paths.log, { limit: 2 * LOG_LIMIT });
    if (text === undefined)
      return error(`${paths.log} cannot be read`, { hint: "check it, or move it away" });
    const recent = text
      .trimEnd()
      .split("\n")
      .filter((line) => now - Date.parse(line.slice(0, 24)) < RECENT_MS);
    if (recent.length === 0) return ok(`${bytesText(size)}, nothing since yesterday`);
    return info(`${counted(recent.length, "line")} since yesterday in ${paths.log}`, {
      details: recent.slice(-SHOWN_LINES),
    });
  },
};
