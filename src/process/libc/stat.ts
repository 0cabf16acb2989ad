/** fstat(2), and where struct stat has its fields. */
import { group, LONG, ON_ARM, ON_MAC } from "./library.ts";

/** By number on Linux, because C libraries before glibc 2.33 do not export the function. */
const onLinux = group({ syscall: { args: ["i64", "i32", "ptr"], returns: LONG } });
const onMacArm = group({ fstat: { args: ["i32", "ptr"], returns: "i32" } });
const onMacIntel = group({ fstat$INODE64: { args: ["i32", "ptr"], returns: "i32" } });
const SYS_FSTAT = ON_ARM ? 80 : 5;

/** What of stat(2) is used here. Times are Unix milliseconds. */
export interface FileFacts {
  readonly device: bigint;
  readonly inode: bigint;
  /** File type and permissions, as in `st_mode`. */
  readonly mode: number;
  readonly links: number;
  readonly owner: number;
  /** Bytes. */
  readonly size: number;
  readonly modifiedMs: number;
}

/** Where struct stat has its fields; exported so that every layout can be tested on any machine. */
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

/** Read a struct stat of the named layout (device and inode are the first two fields of each). */
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
    modifiedMs: seconds * 1000 + nanoseconds / 1e6,
  };
}

/** fstat(2). @returns undefined when it failed, with errno set */
export function fstat(fd: number): FileFacts | undefined {
  const layoutName = ON_MAC ? "darwin" : ON_ARM ? "linux-arm64" : "linux-x64";
  const bytes = new Uint8Array(STAT_LAYOUTS[layoutName].bytes);
  const call = () => {
    if (!ON_MAC) return Number(onLinux().syscall(SYS_FSTAT, fd, bytes));
    return ON_ARM ? onMacArm().fstat(fd, bytes) : onMacIntel().fstat$INODE64(fd, bytes);
  };
  return call() === 0 ? decodeStat(layoutName, bytes) : undefined;
}

/** `st_mode` file types (S_IFMT). */
export const FILE_TYPE = { mask: 0o170000, regular: 0o100000, directory: 0o040000 } as const;

const statOnLinux = group({ syscall: { args: ["i64", "i64", "ptr", "ptr", "i64"], returns: LONG } });
const statOnMacArm = group({ stat: { args: ["ptr", "ptr"], returns: "i32" } });
const statOnMacIntel = group({ stat$INODE64: { args: ["ptr", "ptr"], returns: "i32" } });
const SYS_NEWFSTATAT = ON_ARM ? 79 : 262;
const AT_FDCWD = -100;

/** stat(2), following symlinks. @returns undefined when it failed, with errno set */
export function statPath(path: Uint8Array): FileFacts | undefined {
  const layoutName = ON_MAC ? "darwin" : ON_ARM ? "linux-arm64" : "linux-x64";
  const bytes = new Uint8Array(STAT_LAYOUTS[layoutName].bytes);
  const call = () => {
    if (!ON_MAC) return Number(statOnLinux().syscall(SYS_NEWFSTATAT, AT_FDCWD, path, bytes, 0));
    return ON_ARM ? statOnMacArm().stat(path, bytes) : statOnMacIntel().stat$INODE64(path, bytes);
  };
  return call() === 0 ? decodeStat(layoutName, bytes) : undefined;
}
