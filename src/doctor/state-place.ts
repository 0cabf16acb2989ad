/** Whether there is a state directory to look into: what is there may be another's, or not be reached at all. */
import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { quoteForShell } from "../claude/line-command.ts";
import { isForeignDirectory } from "../state/directory.ts";
import { type Bad, bad } from "./check.ts";

/** @returns why nothing in there is to be looked at, let alone mended; undefined also where there is no state yet */
export function placeProblem(root: string): Bad | undefined {
  let facts: Stats | undefined;
  try {
    facts = lstatSync(root, { throwIfNoEntry: false });
  } catch (error) {
    return unreachable(root, error as NodeJS.ErrnoException);
  }
  if (!facts) return undefined;
  if (facts.isSymbolicLink())
    return bad(`${root} is a symbolic link`, {
      hint: `links are not followed there: set PLIMSOLL_STATE to ${readlinkSync(root)}`,
    });
  if (!facts.isDirectory()) return bad(`${root} is no directory`, { hint: "move it away" });
  if (facts.uid !== process.geteuid?.())
    return bad(`${root} belongs to user ${facts.uid}`, { hint: giveBack(root) });
  if (isForeignDirectory(root))
    return bad(`${root} holds other things`, {
      hint: "set PLIMSOLL_STATE to a directory for Plimsoll alone",
    });
  return undefined;
}

/** The directory above that keeps us out: often one that was made with sudo. */
function unreachable(root: string, { code, message }: NodeJS.ErrnoException): Bad {
  if (code !== "EACCES")
    return bad(`${root} cannot be reached: ${message}`, { hint: "set PLIMSOLL_STATE to a place of yours" });
  let above = dirname(root);
  for (;;) {
    try {
      const facts = lstatSync(above);
      if (facts.uid !== process.geteuid?.())
        return bad(`${root} cannot be reached: ${above} belongs to user ${facts.uid}`, {
          hint: giveBack(above),
        });
      return bad(`${root} cannot be reached: ${above} may not be entered`, {
        hint: `chmod u+rwx ${quoteForShell(above)}`,
      });
    } catch {
      above = dirname(above);
    }
  }
}

const giveBack = (directory: string): string =>
  `if it was made with sudo: sudo chown -R "$(id -un)" ${quoteForShell(directory)}; else set PLIMSOLL_STATE to a place of yours`;
