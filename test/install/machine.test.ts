/** The installer takes the release for the machine that it runs on, by what the system's own tools say. */
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { type InstallSandbox, install, installSandbox, tree } from "./installer.ts";
import { publish, release } from "./release.ts";

/** What the tools of a machine print. */
interface Machine {
  readonly system?: string;
  readonly processor?: string;
  readonly bits?: string;
  readonly ldd?: string;
  readonly translated?: string;
}

/** Put tools of another machine first on PATH. @returns that PATH */
function pretend(box: InstallSandbox, machine: Machine): string {
  const {
    system = "Linux",
    processor = "x86_64",
    bits = "64",
    ldd = "ldd (GNU libc) 2.36",
    translated,
  } = machine;
  const tools = {
    uname: `case $1 in -s) echo ${system} ;; -m) echo ${processor} ;; *) echo host ;; esac`,
    getconf: `echo ${bits}`,
    ldd: `echo '${ldd}' >&2; exit 1`,
    sysctl: translated === undefined ? "exit 1" : `echo ${translated}`,
  };
  const directory = box.path("machine");
  mkdirSync(directory, { recursive: true });
  for (const [name, body] of Object.entries(tools))
    writeFileSync(`${directory}/${name}`, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return `${directory}:${box.env.PATH}`;
}

const MACHINES: readonly [Machine, string][] = [
  [{}, "linux-x64"],
  [{ processor: "amd64" }, "linux-x64"],
  [{ processor: "aarch64" }, "linux-arm64"],
  [{ ldd: "ldd (Debian GLIBC 2.36-9+deb12u8) 2.36" }, "linux-x64"],
  [{ ldd: "musl libc (x86_64)" }, "linux-x64-musl"],
  [{ ldd: "musl libc (aarch64)", processor: "aarch64" }, "linux-arm64-musl"],
  [{ system: "Darwin", processor: "arm64" }, "darwin-arm64"],
  [{ system: "Darwin", processor: "x86_64", translated: "0" }, "darwin-x64"],
  [{ system: "Darwin", processor: "x86_64" }, "darwin-x64"],
  [{ system: "Darwin", processor: "x86_64", translated: "1" }, "darwin-arm64"],
];

for (const [machine, target] of MACHINES)
  test(`${JSON.stringify(machine)} is ${target}`, async () => {
    using box = installSandbox();
    const from = publish(release("1.2.3"), box.path("release"));
    const { code, stdout } = await install(box, { from, env: { PATH: pretend(box, machine) } });
    expect(code).toBe(0);
    expect(stdout).toStartWith(`Downloading plimsoll-${target}.tar.gz from ${from} …\n`);
  });

const REFUSED: readonly [Machine, string][] = [
  [{ system: "FreeBSD" }, "unsupported system FreeBSD"],
  [
    { system: "MINGW64_NT-10.0" },
    "unsupported system MINGW64_NT-10.0: Plimsoll runs on Linux (including WSL) and macOS",
  ],
  [{ processor: "riscv64" }, "unsupported processor riscv64"],
  [{ processor: "armv7l" }, "unsupported processor armv7l"],
  [{ processor: "aarch64", bits: "32" }, "unsupported 32-bit system"],
];

test("an unsupported machine is refused by name, before any download", async () => {
  using box = installSandbox();
  for (const [machine, message] of REFUSED) {
    const PATH = pretend(box, machine);
    const before = tree(box.root);
    const ended = await install(box, { from: "http://127.0.0.1:1", env: { PATH } });
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toContain(message);
    expect(tree(box.root)).toEqual(before);
  }
});
