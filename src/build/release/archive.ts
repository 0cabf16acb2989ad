/**
 * Reproducible archives. Bun.Archive writes no modes, and the options of tar(1) for order, owner and time differ between
 * systems.
 */
import { packTar } from "modern-tar";

export interface ArchiveFile {
  /** In the archive, without a leading slash; ASCII, at most 100 characters. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}

/**
 * @param mtime of every entry, in seconds since 1970
 * @returns a gzipped ustar(5) archive of the files and their folders, sorted by path and owned by root
 * @throws Error for a path that needs an extension of the format
 */
export async function tarGz(files: readonly ArchiveFile[], mtime: number): Promise<Uint8Array> {
  const folders = [...new Set(files.flatMap(({ path }) => parents(path)))];
  const entries = [
    ...folders.map((path) => ({ path, type: "directory" as const, mode: 0o755, body: new Uint8Array() })),
    ...files.map(({ path, content, executable }) => ({
      path,
      type: "file" as const,
      mode: executable ? 0o755 : 0o644,
      body: content,
    })),
  ].sort((one, other) => (one.path < other.path ? -1 : 1));
  const tar = await packTar(
    entries.map(({ path, type, mode, body }) => {
      if (!/^[\x21-\x7e]{1,100}$/.test(path)) throw new Error(`'${path}' does not fit a plain ustar archive`);
      const header = { name: path, type, mode, size: body.length, mtime: new Date(mtime * 1000) };
      return { header: { ...header, uid: 0, gid: 0, uname: "root", gname: "root" }, body };
    }),
  );
  // libdeflate: smaller than zlib's best in half the time, and no system-dependent header.
  return Bun.gzipSync(tar, { level: 9, library: "libdeflate" });
}

/** "a/b/c" → "a/", "a/b/" */
function parents(path: string): string[] {
  const words = path.split("/").slice(0, -1);
  return words.map((_, index) => `${words.slice(0, index + 1).join("/")}/`);
}
