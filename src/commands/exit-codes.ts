/**
 * Every exit code of the native commands. The personas `flock` and `timeout` answer with their originals' codes,
 * which stand beside their grammar.
 */
export const EXIT = {
  ok: 0,
  /** The command ran, and what it found or did was a failure; stderr says which. */
  failure: 1,
  /** Unknown command, option or value. sysexits would say 64; this is what shells, git and curl answer. */
  usage: 2,
  /** EX_SOFTWARE: a defect of ours. */
  internal: 70,
  /** EX_IOERR: a file that had to be read or written could not be. */
  io: 74,
  /** EX_TEMPFAIL: a lock was held by somebody else for as long as we were told to wait. */
  conflict: 75,
  /** timeout(1): the deadline passed. */
  timedOut: 124,
  /** timeout(1): the deadline could not be kept because of us. */
  runFailed: 125,
  /** env(1), timeout(1): the command was found and could not be executed. */
  notExecutable: 126,
  /** env(1), timeout(1): the command was not found. */
  notFound: 127,
} as const;
