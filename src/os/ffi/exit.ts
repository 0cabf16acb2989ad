/** _exit(2): end this process without what the runtime does at its end. */
import { group } from "./library.ts";

const calls = group({ _exit: { args: ["i32"], returns: "void" } });

/**
 * Keep the terminal's modes at the end of this process. The runtime sets them back to what they were at its start, which
 * undoes what the command changed on purpose (`stty`). Call it in a program that starts a command for the user; output
 * must be written by the time of exit.
 */
export const keepTerminalModes = (): void => void process.on("exit", (code) => calls()._exit(Number(code)));
