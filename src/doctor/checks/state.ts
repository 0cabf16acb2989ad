/** The state directory exists, is ours, writable and small. */
import { accessSync, constants, lstatSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { sweep } from "../../state/sweep.ts";
import {
  bytesText,
  type Check,
  type CheckContext,
  counted,
  error,
  type Finding,
  info,
  ok,
} from "../check.ts";
import { stateDirectoryProblem, stateFiles } from "../state-directory.ts";

/** Without the ledger. A larger directory means that sweeping does not work. Bytes. */
const STATE_LIMIT = 50e6;

export const state: Check = {
  name: "state",
  about: "the state directory is ours, writable and small",
  run: (context) => {
    const { root } = context.paths;
    return stateDirectoryProblem(root) ?? writeProblem(root) ?? sizeFinding(context);
  },
};

function writeProblem(root: string): Finding | undefined {
  if (!lstatSync(root, { throwIfNoEntry: false })) return missing(root);
  const reason = notWritable(root);
  if (reason === undefined) return undefined;
  return error(`${root} cannot be written: ${reason}`, {
    hint: "figures are not updated meanwhile: free some space, or set PLIMSOLL_STATE to another directory",
  });
}

/** Before the first pass: fine if that can create it. */
function missing(root: string): Finding {
  let parent = dirname(root);
  while (!statSync(parent, { throwIfNoEntry: false }) && parent !== "/") parent = dirname(parent);
  const reason = statSync(parent).isDirectory() ? notWritable(parent) : "not a directory";
  if (reason === undefined) return info(`${root} does not exist yet: the first pass creates it`);
  return error(`${root} cannot be created: ${parent}: ${reason}`, {
    hint: "make that writable, or set PLIMSOLL_STATE to a directory you own",
  });
}

/** @returns why a file cannot be created there; undefined when it can */
function notWritable(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK);
    const { bavail, ffree, files } = statfsSync(directory);
    if (bavail === 0) return "no space left on the device";
    return files > 0 && ffree === 0 ? "no inodes left on the device" : undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

function sizeFinding({ paths, now }: CheckContext): Finding {
  const files = stateFiles(paths.root).filter(({ facts }) => facts.isFile());
  const size = files
    .filter(({ path }) => !path.startsWith(paths.ledger))
    .reduce((sum, { facts }) => sum + facts.size, 0);
  const text = `${counted(files.length, "file")}, ${bytesText(size)} besides the ledger`;
  if (size <= STATE_LIMIT) return ok(`${paths.root}: ${text}`);
  return error(`${paths.root} is too large: ${text}`, {
    hint: "check its contents; passes sweep old files",
    fix: (report) => {
      const swept = sweep(paths, now, { force: true });
      if (swept > 0) report(`swept ${counted(swept, "old file")}`);
    },
  });
}
