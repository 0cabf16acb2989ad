/** Why the settings were left as they are. */
export class SetupError extends Error {
  override readonly name = "SetupError";
  /**
   * - refused: what the file holds, or how it is linked, must not be changed by us
   * - io: something cannot be read or written
   * - busy: another setup holds the lock for too long
   */
  readonly reason: "refused" | "io" | "busy";
  /** What to do about it. */
  readonly hint: string;

  constructor(reason: SetupError["reason"], message: string, hint: string) {
    super(message);
    this.reason = reason;
    this.hint = hint;
  }
}
