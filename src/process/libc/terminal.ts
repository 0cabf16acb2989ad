/** tcgetpgrp(3). */
import { group } from "./library.ts";
import { ownGroup } from "./signal.ts";

const calls = group({ tcgetpgrp: { args: ["i32"], returns: "i32" } });

/** Whether our group is the one that a terminal on descriptor 0, 1 or 2 sends its Ctrl-C to. */
export const inTerminalForeground = (): boolean =>
  [0, 1, 2].some((fd) => calls().tcgetpgrp(fd) === ownGroup());
