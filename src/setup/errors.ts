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

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  ENOENT: "no such file or directory",
  ENOTDIR: "a part of the path is no directory",
  EISDIR: "it is a directory",
  ENXIO: "it is no regular file",
  ELOOP: "its symbolic links lead in a circle",
  ENAMETOOLONG: "the path is too long",
};

/** @returns what the system said, in words */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined && WORDS[code]) || message;
}
