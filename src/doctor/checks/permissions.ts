/** The state is its owner's alone: prompts, costs and paths are in it. */
import { chmodSync, lstatSync } from "node:fs";
import { bad, type Check, type CheckContext, counted, type Finding, few, good } from "../check.ts";
import { type StateFile, stateFiles } from "../state-files.ts";

export const permissions: Check = {
  name: "permissions",
  about: "every directory of the state is 0700, every file 0600 and ours, none is a link",
  needsState: true,
  run: ({ paths }: CheckContext): Finding[] => {
    const all = stateFiles(paths.root);
    const strange = all.flatMap(({ path, facts }) => {
      const why = strangeness({ path, facts });
      return why === undefined ? [] : [`${path}: ${why}`];
    });
    const open = all.filter((file) => strangeness(file) === undefined && modeOf(file) !== wanted(file));
    const found: Finding[] = [];
    if (open.length > 0) found.push(tooOpen(open));
    if (strange.length > 0)
      found.push(
        bad(`${counted(strange.length, "file")} that should not be there`, {
          details: few(strange),
          hint: "passes do not touch such files: remove them, or put back what they stand for",
        }),
      );
    return found.length > 0 ? found : [good(`${counted(all.length, "file")} looked at`)];
  },
};

/** Without the bit by which a folder hands its group down. */
const modeOf = ({ facts }: StateFile): number => facts.mode & 0o777;
const wanted = ({ facts }: StateFile): number => (facts.isDirectory() ? 0o700 : 0o600);
const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

/** Why we would not read or change such a file, if so. */
function strangeness({ facts }: StateFile): string | undefined {
  if (facts.isSymbolicLink()) return "a symbolic link";
  if (!facts.isFile() && !facts.isDirectory()) return "neither a file nor a directory";
  if (facts.uid !== process.geteuid?.()) return `belongs to user ${facts.uid}`;
  return facts.isFile() && facts.nlink > 1 ? `has ${facts.nlink} names (hard links)` : undefined;
}

function tooOpen(files: readonly StateFile[]): Finding {
  const details = files.map((file) => `${file.path}: ${octal(modeOf(file))}, not ${octal(wanted(file))}`);
  return bad(`${counted(files.length, "file")} with the wrong permissions`, {
    details: few(details),
    hint: "chmod 700 the directories and 600 the files",
    // Directories come before what is in them: nobody else can exchange a file in one that is private.
    fix: (say) => {
      for (const file of files) {
        const now = lstatSync(file.path, { throwIfNoEntry: false });
        if (!now || strangeness({ path: file.path, facts: now }) !== undefined) continue;
        if (modeOf({ path: file.path, facts: now }) === wanted(file)) continue;
        chmodSync(file.path, wanted(file));
        say(`set ${file.path} to ${octal(wanted(file))}`);
      }
    },
  });
}
