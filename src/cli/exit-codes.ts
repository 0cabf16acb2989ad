/**
 * Every exit code of the native commands. The personas `flock` and `timeout` answer with their originals' codes,
 * which stand beside their grammar.
 */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** sysexits would say 64; this is what shells, git and curl answer. */
  usage: 2,
  /** EX_SOFTWARE */
  internal: 70,
  /** EX_IOERR */
  io: 74,
  /** EX_TEMPFAIL */
  conflict: 75,
  /** The rest as timeout(1) and env(1) answer. */
  timedOut: 124,
  runFailed: 125,
  notExecutable: 126,
  notFound: 127,
  killed: 137,
} as const;

/** What each means, for the manual; the program itself does not carry it. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "It worked.",
  failure: "The command ran, and what it found or did was a failure; stderr says which.",
  usage: "The command line is wrong: an unknown command, option or value.",
  internal: "A defect of the program.",
  io: "A file that had to be read or written could not be.",
  conflict: "A lock was held by somebody else for as long as we were to wait.",
  timedOut: "The command's deadline passed.",
  runFailed: "The deadline could not be kept, or the lock not be had, because of us.",
  notExecutable: "The command was found and could not be executed.",
  notFound: "The command was not found.",
  killed: "KILL was needed to end the command.",
};
