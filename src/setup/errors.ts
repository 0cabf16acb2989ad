/** A setup that changed nothing, and why. */
export class SetupError extends Error {
  override readonly name = "SetupError";
  /**
   * - refused: the file's content or its hard links rule out a safe edit
   * - io: something cannot be read or written
   * - busy: another process holds the lock, or keeps changing the file
   */
  readonly reason: "refused" | "io" | "busy";
  /** How to proceed. */
  readonly hint: string;

  constructor(reason: SetupError["reason"], message: string, hint: string) {
    super(message);
    this.reason = reason;
    this.hint = `${hint}; nothing was changed`;
  }
}
