/** The state is private: it contains prompts, costs and paths. */
import { chmodSync, lstatSync } from "node:fs";
import { type Check, counted, error, type Finding, few, findingsOr } from "../check.ts";
import { type StateFile, stateFiles } from "../state-directory.ts";

export const permissions: Check = {
  name: "permissions",
  about: "state directories are 0700, files 0600, all owned by the user, none a link",
  needsState: true,
  run: ({ paths }) => {
    const all = stateFiles(paths.root);
    const foreign = all.flatMap((file) => {
      const why = foreignness(file);
      return why === undefined ? [] : [`${file.path}: ${why}`];
    });
    const open = all.filter((file) => foreignness(file) === undefined && modeOf(file) !== wanted(file));
    return findingsOr(`${counted(all.length, "file")} checked`, [
      open.length > 0 && tooOpen(open),
      foreign.length > 0 &&
        error(`${counted(foreign.length, "unexpected file")}`, {
          details: few(foreign),
          hint: "passes ignore such files: remove them, or restore what they replace",
        }),
    ]);
  },
};

/** Without the set-group-ID bit of directories. */
const modeOf = ({ facts }: StateFile): number => facts.mode & 0o777;
const wanted = ({ facts }: StateFile): number => (facts.isDirectory() ? 0o700 : 0o600);
const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

/** @returns why the program would not use such a file; undefined for one of its own */
function foreignness({ facts }: StateFile): string | undefined {
  if (facts.isSymbolicLink()) return "a symbolic link";
  if (!facts.isFile() && !facts.isDirectory()) return "neither a file nor a directory";
  if (facts.uid !== process.geteuid?.()) return `belongs to user ${facts.uid}`;
  return facts.isFile() && facts.nlink > 1 ? `has ${facts.nlink} hard links` : undefined;
}

function tooOpen(files: readonly StateFile[]): Finding {
  const details = files.map((file) => `${file.path}: ${octal(modeOf(file))}, not ${octal(wanted(file))}`);
  return error(`${counted(files.length, "file")} with wrong permissions`, {
    details: few(details),
    hint: "chmod 700 the directories and 600 the files",
    // Parents first: in a private directory no other user can swap a file.
    fix: (report) => {
      for (const file of files) {
        const facts = lstatSync(file.path, { throwIfNoEntry: false });
        if (!facts || foreignness({ path: file.path, facts }) !== undefined) continue;
        if (modeOf({ path: file.path, facts }) === wanted(file)) continue;
        chmodSync(file.path, wanted(file));
        report(`set ${file.path} to ${octal(wanted(file))}`);
      }
    },
  });
}
