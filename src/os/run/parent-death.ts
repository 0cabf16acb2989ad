/**
 * Commands that die with us even when we are killed with SIGKILL, which nobody can pass on (Linux).
 *
 * The kernel's means is prctl(2) PR_SET_PDEATHSIG, which a process sets for itself: between fork and exec there is no
 * code of ours, so setpriv(1) of util-linux does it and then becomes the command, with the same pid. That takes about a
 * millisecond. Where there is no such setpriv the command is started as it is.
 */
import { accessExecutable } from "../ffi/access.ts";
import type { Word } from "../ffi/word.ts";
import { readSmallFile } from "../io/small-file.ts";
import { COMMONLY_SENT, SIG, signalName } from "./signals.ts";

const SETPRIV = "/usr/bin/setpriv";
/** Larger is not util-linux's program but BusyBox, whose setpriv has no such option. Bytes. */
const MAX_BYTES = 300_000;
const OPTION = "pdeathsig";

/**
 * @param argv a command line to be started by our main thread
 * @param signal what the command gets when we die, TERM in place of unusual ones; 0: nothing
 * @returns the command line to start instead; `argv` itself when that cannot be arranged, or when it could not be run:
 *   then the error is to be the command's own
 */
export function dyingWithUs(argv: readonly Word[], signal: number): readonly Word[] {
  const [program] = argv;
  if (process.platform !== "linux" || signal === 0 || typeof program !== "string") return argv;
  // setpriv knows neither numbers nor real-time signals.
  const name = signalName([...COMMONLY_SENT, SIG.KILL].includes(signal) ? signal : SIG.TERM) ?? "TERM";
  return canRun(program) && hasOption() ? [SETPRIV, `--${OPTION}`, name, "--", ...argv] : argv;
}

function canRun(program: string): boolean {
  if (program.includes("/")) return accessExecutable(program);
  const folders = (process.env.PATH ?? "").split(":").map((folder) => folder || ".");
  return program !== "" && folders.some((folder) => accessExecutable(`${folder}/${program}`));
}

/** Versions before 2.34 do not know the option: looking into the program is a hundred times cheaper than asking it. */
function hasOption(): boolean {
  const program = accessExecutable(SETPRIV) ? readSmallFile(SETPRIV, { limit: MAX_BYTES }) : undefined;
  return program !== undefined && Buffer.from(program.buffer).includes(OPTION);
}
