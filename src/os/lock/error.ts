/** A lock that cannot be had for another reason than that somebody holds it. */
export class LockError extends Error {
  /**
   * - cannot-open: the file cannot be opened or created
   * - unsafe: what stands at the path must not be used as a lock (a symlink, a hard link, a FIFO, another user's file)
   * - cannot-lock: the kernel or the file system refuses to lock
   */
  readonly reason: "cannot-open" | "unsafe" | "cannot-lock";
  /** What to do about it. */
  readonly hint: string | undefined;
  readonly errno: number | undefined;

  constructor(
    reason: LockError["reason"],
    message: string,
    { hint, errno }: { hint?: string; errno?: number } = {},
  ) {
    super(message);
    this.name = "LockError";
    this.reason = reason;
    this.hint = hint;
    this.errno = errno;
  }
}
