import { existsSync } from "node:fs";

/** Name in file names, Bun's name, and the C library for `bun:ffi`. */
export const TARGETS = [
  { name: "linux-x64", bun: "bun-linux-x64", libc: "libc.so.6" },
  { name: "linux-arm64", bun: "bun-linux-arm64", libc: "libc.so.6" },
  { name: "linux-x64-musl", bun: "bun-linux-x64-musl", libc: "libc.musl-x86_64.so.1" },
  { name: "linux-arm64-musl", bun: "bun-linux-arm64-musl", libc: "libc.musl-aarch64.so.1" },
  { name: "darwin-x64", bun: "bun-darwin-x64", libc: "libSystem.B.dylib" },
  { name: "darwin-arm64", bun: "bun-darwin-arm64", libc: "libSystem.B.dylib" },
] as const satisfies readonly { name: string; bun: Bun.Build.CompileTarget; libc: string }[];

export type Target = (typeof TARGETS)[number];

/** @returns this machine's target */
export function hostTarget(): Target {
  // With both loaders present, glibc is the system's C library.
  const [musl, glibc] = LOADERS[process.arch === "arm64" ? "arm64" : "x64"];
  const isMusl = process.platform === "linux" && existsSync(musl) && !existsSync(glibc);
  return findTarget(`${process.platform}-${process.arch}${isMusl ? "-musl" : ""}`);
}

const LOADERS = {
  x64: ["/lib/ld-musl-x86_64.so.1", "/lib64/ld-linux-x86-64.so.2"],
  arm64: ["/lib/ld-musl-aarch64.so.1", "/lib/ld-linux-aarch64.so.1"],
} as const;

/** @throws Error with the valid names */
export function findTarget(name: string): Target {
  const target = TARGETS.find((candidate) => candidate.name === name);
  if (!target)
    throw new Error(
      `unknown target '${name}': expected one of ${TARGETS.map((each) => each.name).join(", ")}`,
    );
  return target;
}
