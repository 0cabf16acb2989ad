/** A set-up with sudo in somebody's home: the state directory is then root's, and that user's renders cannot use it. */
import { lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { quoteForShell } from "../claude/line-command.ts";

/** @param root the state directory @returns what to tell the person, if it lies in another user's directory */
export function madeAsRoot(root: string): { text: string; hint: string } | undefined {
  if (process.geteuid?.() !== 0 || ownerOf(root) !== 0) return undefined;
  let ours = root;
  while (dirname(ours) !== ours && ownerOf(dirname(ours)) === 0) ours = dirname(ours);
  const user = ownerOf(dirname(ours));
  if (user === undefined || user === 0) return undefined;
  return {
    text: `${ours} is root's, in a directory of user ${user}, who cannot use it like that`,
    hint: `give it back with 'chown -R ${user} ${quoteForShell(ours)}', and set up without sudo`,
  };
}

function ownerOf(path: string): number | undefined {
  const facts: Stats | undefined = lstatSync(path, { throwIfNoEntry: false });
  return facts?.uid;
}
