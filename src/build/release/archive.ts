/**
 * Archives in the format of POSIX ustar(5), made here because they have to carry modes and be the same bytes wherever
 * they are built: Bun.Archive writes no modes, and the options of tar(1) for order, owner and time differ by system.
 */

/** A file of an archive. */
export interface ArchiveFile {
  /** Where it stands in the archive, without a leading slash; ASCII, at most 100 characters. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}

const BLOCK = 512;

/**
 * @param mtime of every file, in seconds since 1970
 * @returns a gzipped archive of the files and their folders, in order of their paths, all owned by root
 */
export function tarGz(files: readonly ArchiveFile[], mtime: number): Uint8Array {
  const folders = [...new Set(files.flatMap(({ path }) => parents(path)))];
  const entries = [
    ...folders.map((path) => ({ path, type: "5", mode: 0o755, content: new Uint8Array() })),
    ...files.map(({ path, content, executable }) => ({
      path,
      type: "0",
      mode: executable ? 0o755 : 0o644,
      content,
    })),
  ].sort((one, other) => (one.path < other.path ? -1 : 1));
  const blocks = entries.flatMap(({ content, ...entry }) => [
    header({ ...entry, size: content.length, mtime }),
    content,
    padding(content.length),
  ]);
  const end = new Uint8Array(2 * BLOCK);
  // libdeflate: smaller than zlib's best, in half the time, and nothing of this system in the header.
  return Bun.gzipSync(Buffer.concat([...blocks, end]), { level: 9, library: "libdeflate" });
}

/** "a/b/c" → "a/", "a/b/" */
function parents(path: string): string[] {
  const words = path.split("/").slice(0, -1);
  return words.map((_, index) => `${words.slice(0, index + 1).join("/")}/`);
}

const padding = (size: number): Uint8Array => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

interface Entry {
  readonly path: string;
  /** "0" a file, "5" a folder */
  readonly type: string;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
}

/** @throws Error for a path that does not fit */
function header({ path, type, mode, size, mtime }: Entry): Uint8Array {
  if (!/^[\x21-\x7e]{1,100}$/.test(path)) throw new Error(`'${path}' cannot stand in a plain ustar archive`);
  const block = Buffer.alloc(BLOCK);
  const put = (offset: number, text: string) => block.write(text, offset, "latin1");
  const octal = (offset: number, length: number, value: number) =>
    put(offset, value.toString(8).padStart(length - 1, "0"));
  put(0, path);
  octal(100, 8, mode);
  octal(108, 8, 0); // uid
  octal(116, 8, 0); // gid
  octal(124, 12, size);
  octal(136, 12, mtime);
  put(148, " ".repeat(8)); // the checksum is computed as if it were blank
  put(156, type);
  put(257, "ustar\x0000");
  put(265, "root");
  put(297, "root");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}
