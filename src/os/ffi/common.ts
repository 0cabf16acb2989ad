/**
 * The C functions that every render calls, opened as one group: opening another one costs as much as drawing a row.
 * file.ts, stat.ts, time.ts and signal.ts say what each is for.
 */
import { group, LONG, ON_ARM, ON_MAC } from "./library.ts";

const functions = {
  open: { args: ["ptr", "i32"], returns: "i32" },
  read: { args: ["i32", "ptr", "u64"], returns: LONG },
  write: { args: ["i32", "ptr", "u64"], returns: LONG },
  close: { args: ["i32"], returns: "i32" },
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  realpath: { args: ["ptr", "ptr"], returns: "ptr" },
  setitimer: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  localtime_r: { args: ["ptr", "ptr"], returns: "ptr" },
  signal: { args: ["i32", "u64"], returns: "ptr" },
  sigprocmask: { args: ["i32", "ptr", "ptr"], returns: "i32" },
} as const;

/** By number on Linux, because C libraries before glibc 2.33 do not export the function. */
const onLinux = group({ ...functions, syscall: { args: ["i64", "i32", "ptr"], returns: LONG } });
const onMacArm = group({ ...functions, fstat: { args: ["i32", "ptr"], returns: "i32" } });
const onMacIntel = group({ ...functions, fstat$INODE64: { args: ["i32", "ptr"], returns: "i32" } });
const SYS_FSTAT = ON_ARM ? 80 : 5;

/** What all systems have of them. */
export const common: () => Omit<ReturnType<typeof onLinux>, "syscall"> = ON_MAC
  ? ON_ARM
    ? onMacArm
    : onMacIntel
  : onLinux;

/** fstat(2) into a struct stat. @returns 0, or -1 with errno set */
export function fstatInto(fd: number, stat: NodeJS.TypedArray): number {
  if (!ON_MAC) return Number(onLinux().syscall(SYS_FSTAT, fd, stat));
  return ON_ARM ? onMacArm().fstat(fd, stat) : onMacIntel().fstat$INODE64(fd, stat);
}
