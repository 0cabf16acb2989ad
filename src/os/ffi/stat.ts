/** stat(2), fstatfs(2), and the layouts of struct stat. */
import { fstatInto, group, LONG, ON_ARM, ON_MAC } from "./library.ts";

/** The fields of stat(2) that are used. */
export interface FileFacts {
  readonly device: bigint;
  readonly inode: bigint;
  /** File type and permissions, as in `st_mode`. */
  readonly mode: number;
  readonly links: number;
  readonly owner: number;
  /** Bytes. */
  readonly size: number;
  /** Unix milliseconds. */
  readonly modifiedMs: number;
}

/** Offsets of the fields of struct stat; exported so that every layout can be tested on any machine. */
export const STAT_LAYOUTS = {
  "linux-x64": { bytes: 144, mode: [24, 4], links: [16, 8], owner: 28, size: 48, modified: 88 },
  "linux-arm64": { bytes: 128, mode: [16, 4], links: [20, 4], owner: 24, size: 48, modified: 88 },
  darwin: { bytes: 144, mode: [4, 2], links: [6, 2], owner: 16, size: 96, modified: 48 },
} as const satisfies Record<
  string,
  {
    bytes: number;
    mode: [at: number, bytes: number];
    links: [number, number];
    owner: number;
    size: number;
    modified: number;
  }
>;

/** Decode a struct stat (device and inode are the first two fields of every layout). */
export function decodeStat(layoutName: keyof typeof STAT_LAYOUTS, bytes: Uint8Array): FileFacts {
  const layout = STAT_LAYOUTS[layoutName];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const integer = ([at, width]: readonly [number, number]) =>
    width === 2
      ? view.getUint16(at, true)
      : width === 4
        ? view.getUint32(at, true)
        : Number(view.getBigUint64(at, true));
  const seconds = Number(view.getBigInt64(layout.modified, true));
  const nanoseconds = Number(view.getBigInt64(layout.modified + 8, true));
  return {
    device: layoutName === "darwin" ? BigInt(view.getInt32(0, true)) : view.getBigUint64(0, true),
    inode: view.getBigUint64(8, true),
    mode: integer(layout.mode),
    links: integer(layout.links),
    owner: view.getUint32(layout.owner, true),
    size: Number(view.getBigInt64(layout.size, true)),
    modifiedMs: seconds * 1000 + Math.floor(nanoseconds / 1e6),
  };
}

const LAYOUT_NAME: keyof typeof STAT_LAYOUTS = ON_MAC ? "darwin" : ON_ARM ? "linux-arm64" : "linux-x64";

/** fstat(2). @returns undefined on failure, with errno set */
export function fstat(fd: number): FileFacts | undefined {
  const bytes = new Uint8Array(STAT_LAYOUTS[LAYOUT_NAME].bytes);
  return fstatInto(fd, bytes) === 0 ? decodeStat(LAYOUT_NAME, bytes) : undefined;
}

/** What to check before reading a file. */
export type FileBasics = Pick<FileFacts, "mode" | "owner" | "size">;

/** fstat(2) for the display path: without BigInt and DataView. @returns undefined on failure, with errno set */
export function fstatBasics(fd: number): FileBasics | undefined {
  const words = new Uint32Array(STAT_LAYOUTS[LAYOUT_NAME].bytes / 4);
  return fstatInto(fd, words) === 0 ? decodeBasics(LAYOUT_NAME, words) : undefined;
}

/** Decode the same from a struct stat in little-endian 32-bit words. */
export function decodeBasics(layoutName: keyof typeof STAT_LAYOUTS, words: Uint32Array): FileBasics {
  const { mode, owner, size } = STAT_LAYOUTS[layoutName];
  const word = (at: number) => words[at / 4] as number;
  return {
    mode: mode[1] === 2 ? word(mode[0]) & 0xffff : word(mode[0]),
    owner: word(owner),
    size: word(size) + word(size + 4) * 2 ** 32,
  };
}

/** `st_mode` file types (S_IFMT). */
export const FILE_TYPE = { mask: 0o170000, regular: 0o100000, directory: 0o040000 } as const;

const statOnLinux = group({ syscall: { args: ["i64", "i64", "ptr", "ptr", "i64"], returns: LONG } });
const PATH_CALL = { args: ["ptr", "ptr"], returns: "i32" } as const;
const statOnMacArm = group({ stat: PATH_CALL, lstat: PATH_CALL });
const statOnMacIntel = group({ stat$INODE64: PATH_CALL, lstat$INODE64: PATH_CALL });
const SYS_NEWFSTATAT = ON_ARM ? 79 : 262;
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;

/** stat(2) of a C string, following symlinks. @returns undefined on failure, with errno set */
export const statPath = (path: Uint8Array): FileFacts | undefined => statAt(path, true);

/** lstat(2) of a C string: does not follow a symlink. @returns undefined on failure, with errno set */
export const linkStat = (path: Uint8Array): FileFacts | undefined => statAt(path, false);

function statAt(path: Uint8Array, follow: boolean): FileFacts | undefined {
  const bytes = new Uint8Array(STAT_LAYOUTS[LAYOUT_NAME].bytes);
  return statInto(path, bytes, follow) === 0 ? decodeStat(LAYOUT_NAME, bytes) : undefined;
}

function statInto(path: Uint8Array, stat: Uint8Array, follow: boolean): number {
  if (!ON_MAC)
    return Number(
      statOnLinux().syscall(SYS_NEWFSTATAT, AT_FDCWD, path, stat, follow ? 0 : AT_SYMLINK_NOFOLLOW),
    );
  if (ON_ARM) return follow ? statOnMacArm().stat(path, stat) : statOnMacArm().lstat(path, stat);
  const calls = statOnMacIntel();
  return follow ? calls.stat$INODE64(path, stat) : calls.lstat$INODE64(path, stat);
}

const fileSystems = group({ syscall: { args: ["i64", "i64", "ptr"], returns: LONG } });
const SYS_FSTATFS = ON_ARM ? 44 : 138;

/** fstatfs(2), Linux only. @returns the magic number of the open file's file system, or undefined */
export function fileSystemType(fd: number): bigint | undefined {
  const facts = new BigInt64Array(32);
  return Number(fileSystems().syscall(SYS_FSTATFS, fd, facts)) === 0 ? facts[0] : undefined;
}
