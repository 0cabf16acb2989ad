import { count } from "../look/format.ts";
import { segment } from "../segment.ts";

export const addedDirs = segment({
  name: "added-dirs",
  about: "Number of directories added to the session",
  source: "payload workspace.added_dirs",
  absent: "no directory was added",
  priority: 12,
  render({ payload: { addedDirs } }) {
    if (addedDirs === 0) return undefined;
    const text = `+${count(addedDirs)} ${addedDirs === 1 ? "dir" : "dirs"}`;
    return { role: "directory", spans: [{ text, role: "muted" }] };
  },
});
