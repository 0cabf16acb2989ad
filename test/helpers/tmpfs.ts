/** Small file systems for tests that fill or freeze a disk: Linux, and root. */
import { mkdirSync } from "node:fs";
import { sandbox } from "./binary.ts";

/** Whether a tmpfs can be mounted here. */
export function canMountTmpfs(): boolean {
  if (process.platform !== "linux" || process.geteuid?.() !== 0) return false;
  using box = sandbox();
  mkdirSync(box.state);
  try {
    using _ = mountTmpfs(box.state, "size=64k");
    return true;
  } catch {
    // In a container without the right to mount.
    return false;
  }
}

/** Mount a tmpfs until it is disposed of. @param options as for `mount -o` */
export function mountTmpfs(path: string, options: string): Disposable & { remount(options: string): void } {
  const mount = (all: string) => {
    const done = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", all, "tmpfs", path]);
    if (done.exitCode !== 0) throw new Error(done.stderr.toString());
  };
  mount(options);
  return {
    remount: (more) => mount(`remount,${more}`),
    [Symbol.dispose]: () => {
      Bun.spawnSync(["umount", "-l", path]);
    },
  };
}

/** Write to a new file until there is no space left. */
export function fillDisk(path: string): void {
  Bun.spawnSync(["dd", "if=/dev/zero", `of=${path}`, "bs=4096"], { stderr: "ignore" });
}
