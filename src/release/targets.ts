import { existsSync } from "node:fs";

/** What can be built: the name as in the file, Bun's name for it, and the C library that `bun:ffi` opens there. */
export const TARGETS = [
  { name: "linux-x64", bun: "bun-linux-x64", libc: "libc.so.6" },
  { name: "linux-arm64", bun: "bun-linux-arm64", libc: "libc.so.6" },
  { name: "linux-x64-musl", bun: "bun-linux-x64-musl", libc: "libc.musl-x86_64.so.1" },
  { name: "linux-arm64-musl", bun: "bun-linux-arm64-musl", libc: "libc.musl-aarch64.so.1" },
  { name: "darwin-x64", bun: "bun-darwin-x64", libc: "libSystem.B.dylib" },
  { name: "darwin-arm64", bun: "bun-darwin-arm64", libc: "libSystem.B.dylib" },
] as const satisfies readonly { name: string; bun: Bun.Build.CompileTarget; libc: string }[];

export type Target = (typeof TARGETS)[number];

/** The target that runs on this machine. */
export function hostTarget(): Target {
  const loader = `/lib/ld-musl-${process.arch === "x64" ? "x86_64" : "aarch64"}.so.1`;
  const musl =
    process.platform === "linux" && existsSync(loader) && !existsSync("/lib64/ld-linux-x86-64.so.2");
  const name = `${process.platform}-${process.arch}${musl ? "-musl" : ""}`;
  return findTarget(name);
}

/** @throws Error that names the targets there are */
export function findTarget(name: string): Target {
  const target = TARGETS.find((candidate) => candidate.name === name);
  if (!target)
    throw new Error(`no target '${name}'; there are ${TARGETS.map((each) => each.name).join(", ")}`);
  return target;
}
