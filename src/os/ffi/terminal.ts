/** The controlling terminal: its foreground process group (tcgetpgrp(3), tcsetpgrp(3)) and its modes (termios(3)). */
import { OPEN, openExisting } from "./file.ts";
import { group, ON_MAC } from "./library.ts";

const groups = group({
  tcgetpgrp: { args: ["i32"], returns: "i32" },
  tcsetpgrp: { args: ["i32", "i32"], returns: "i32" },
});
const modes = group({
  tcgetattr: { args: ["i32", "ptr"], returns: "i32" },
  tcsetattr: { args: ["i32", "i32", "ptr"], returns: "i32" },
});
const queues = group({ tcflush: { args: ["i32", "i32"], returns: "i32" } });
const raw = group({ cfmakeraw: { args: ["ptr"], returns: "void" } });

/** Room for struct termios of every C library (Linux: 60 bytes, macOS: 72). */
const TERMIOS_BYTES = 128;
const TCSADRAIN = 1;
const TCIFLUSH = ON_MAC ? 1 : 0;

/** Open the session's controlling terminal for reading, close-on-exec. @returns undefined without one */
export function openTerminal(): number | undefined {
  const fd = openExisting("/dev/tty", OPEN.RDONLY | OPEN.NOCTTY | OPEN.CLOEXEC);
  if (fd >= 0) return fd;
  // A container may have no /dev/tty. tcgetpgrp(3) fails on any descriptor but the controlling terminal's.
  return [0, 1, 2].find((standard) => foregroundGroup(standard) > 0);
}

/** @returns the terminal's foreground process group, or -1 when `fd` is not the controlling terminal */
export const foregroundGroup = (fd: number): number => groups().tcgetpgrp(fd);

/** Set the foreground process group. From a background group this requires ignoring SIGTTOU. @returns success */
export const setForegroundGroup = (fd: number, processGroup: number): boolean =>
  groups().tcsetpgrp(fd, processGroup) === 0;

/** @returns the terminal's modes as an opaque struct termios, or undefined on failure */
export function terminalModes(fd: number): Uint8Array | undefined {
  const termios = new Uint8Array(TERMIOS_BYTES);
  return modes().tcgetattr(fd, termios) === 0 ? termios : undefined;
}

/** isatty(3), which is tcgetattr(3). Not from node:tty: loading that costs a third of the start of an empty program. */
export const isTerminal = (fd: number): boolean => terminalModes(fd) !== undefined;

/** Set modes from `terminalModes`, after pending output was written. @returns success */
export const setTerminalModes = (fd: number, termios: Uint8Array): boolean =>
  modes().tcsetattr(fd, TCSADRAIN, termios) === 0;

/** cfmakeraw(3). @returns the modes for reading each byte as it comes, without echo, lines and signals */
export function makeRaw(termios: Uint8Array): Uint8Array {
  const modes = termios.slice();
  raw().cfmakeraw(modes);
  return modes;
}

/** Drop what was typed and not yet read. @returns false for what is not a terminal */
export const dropTyped = (fd: number): boolean => queues().tcflush(fd, TCIFLUSH) === 0;
