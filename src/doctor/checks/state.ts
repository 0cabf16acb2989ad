/** The state directory: there, ours, writable, and small. */
import { accessSync, constants, lstatSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { sweep } from "../../state/sweep.ts";
import {
  bad,
  bytesText,
  type Check,
  type CheckContext,
  counted,
  type Finding,
  good,
  note,
} from "../check.ts";
import { stateFiles } from "../state-files.ts";
import { placeProblem } from "../state-place.ts";

/** More than this in small files, and the sweep does not work. Bytes. */
const STATE_LIMIT = 50e6;

export const state: Check = {
  name: "state",
  about: "the state directory is ours, writable and small",
  run: (surroundings) =>
    placeProblem(surroundings.paths.root) ?? roomProblem(surroundings.paths.root) ?? measure(surroundings),
};

function roomProblem(root: string): Finding | undefined {
  if (!lstatSync(root, { throwIfNoEntry: false })) return missing(root);
  const obstacle = obstacleTo(root);
  if (obstacle === undefined) return undefined;
  return bad(`${root} cannot be written: ${obstacle}`, {
    hint: "figures stay as they are, and get old, until it can: make room, or set PLIMSOLL_STATE to another place",
  });
}

/** Nothing has run yet: all is well if the first pass can make it. */
function missing(root: string): Finding {
  let above = dirname(root);
  while (!statSync(above, { throwIfNoEntry: false }) && above !== "/") above = dirname(above);
  const obstacle = statSync(above).isDirectory() ? obstacleTo(above) : "it is no directory";
  if (obstacle === undefined) return note(`${root} is not there yet: the first pass makes it`);
  return bad(`${root} cannot be made: ${above}: ${obstacle}`, {
    hint: "make that writable, or set PLIMSOLL_STATE to a place of yours",
  });
}

/** What keeps us from writing there, if anything does. */
function obstacleTo(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK);
    const { bavail, ffree, files } = statfsSync(directory);
    if (bavail === 0) return "no space left on the disk";
    return files > 0 && ffree === 0 ? "no room for another file on the disk (inodes)" : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function measure({ paths, now }: CheckContext): Finding {
  const files = stateFiles(paths.root).filter(({ facts }) => facts.isFile());
  const isLedger = ({ path }: { path: string }) => path.startsWith(paths.ledger);
  const size = files.filter((file) => !isLedger(file)).reduce((sum, { facts }) => sum + facts.size, 0);
  const text = `${counted(files.length, "file")}, ${bytesText(size)} beside the ledger`;
  if (size <= STATE_LIMIT) return good(`${paths.root}: ${text}`);
  return bad(`${paths.root} is too large: ${text}`, {
    hint: "see what is in it; what is old is swept by passes",
    fix: (say) => {
      const swept = sweep(paths, now, { force: true });
      if (swept > 0) say(`swept ${counted(swept, "old file")}`);
    },
  });
}
