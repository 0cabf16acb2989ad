/** A release that is not right, or does not come whole, is refused, and nothing is changed. */
import { describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { hostTarget } from "../../src/build/release/targets.ts";
import type { Member } from "./archive.ts";
import { byEachShell, type How, type InstallSandbox, install, installSandbox, tree } from "./installer.ts";
import { createInstallation, program, publish, type Release, release, type Wrong } from "./release.ts";
import { response, type Sent, serve, serveRaw } from "./server.ts";

const ARCHIVE = `plimsoll-${hostTarget().name}.tar.gz`;

/** See that `how` fails with `message` and changes nothing: over a former installation, or by bash where none was. */
async function expectRefusal(box: InstallSandbox, how: How, message: RegExp): Promise<void> {
  if (how.shell?.[0] !== "bash") createInstallation("1.0.0", box.prefix);
  const before = tree(box.root);
  const { code, stderr, stdout } = await install(box, how);
  expect({ code, stdout: stdout.includes("is installed") }).toEqual({ code: 1, stdout: false });
  expect(stderr).toMatch(message);
  expect(stderr.split("\n").filter((line) => line.startsWith("install.sh: "))).toHaveLength(1);
  expect(tree(box.root)).toEqual(before);
}

/** Releases of 2.0.0 that are served as they are. */
const BROKEN: Record<string, { files: () => Release; message: RegExp; args?: string[] }> = {
  "a wrong checksum": {
    files: () => ({ ...release("2.0.0"), [ARCHIVE]: release("2.0.1")[ARCHIVE] as Uint8Array<ArrayBuffer> }),
    message: /checksum mismatch of .*: SHA-256 is '[0-9a-f]{64}'/,
  },
  "no archive for this machine": {
    files: () => without(release("2.0.0"), ARCHIVE),
    message: new RegExp(`404(.|\\n)*cannot download http.*/${ARCHIVE}`),
  },
  "no checksums": {
    files: () => without(release("2.0.0"), "SHA256SUMS"),
    message: /404(.|\n)*cannot download http.*SHA256SUMS/,
  },
  "a target that the release does not have": {
    files: () => release("2.0.0", { targets: ["plan9-x64"] }),
    message: /no entry .* in SHA256SUMS of http.*: the release has no program for this machine/,
  },
  "two checksums for the same file": {
    files: () => {
      const files = release("2.0.0");
      return { ...files, SHA256SUMS: `${files.SHA256SUMS}${files.SHA256SUMS}` };
    },
    message: /duplicate entry/,
  },
  "a page instead of the checksums": {
    files: () => ({
      ...release("2.0.0"),
      SHA256SUMS: "<html><body>Please sign in to the network</body></html>",
    }),
    message: /no entry/,
  },
  "another version than requested": {
    files: () => release("2.0.0"),
    args: ["--version", "2.0"],
    message: /downloaded 'plimsoll 2\.0\.0 \(test\)' instead of version 2\.0/,
  },
};

function without(files: Release, name: string): Release {
  const { [name]: _, ...rest } = files;
  return rest;
}

describe("refused, with nothing changed:", () => {
  for (const [name, { files, message, args }] of Object.entries(BROKEN))
    byEachShell(
      name,
      async (shell) => {
        using box = installSandbox();
        using server = serve(files());
        await expectRefusal(box, { shell, from: server.address, args }, message);
      },
      true,
    );
});

const PASSED = 'touch "$HOME/it-ran"';

/** Archives with the right checksum that no build of ours would make. `outside` is a path outside of the prefix. */
const HOSTILE: Record<string, { wrong: (outside: string) => Wrong; message: RegExp }> = {
  "an absolute path": {
    wrong: (outside) => ({ also: () => [{ name: outside, content: "x" }] }),
    message: /a release has plain files in one folder/,
  },
  "a path with ..": {
    wrong: () => ({ also: (folder) => [{ name: `${folder}/../../../escaped`, content: "x" }] }),
    message: /a release has plain files in one folder/,
  },
  "another folder": {
    wrong: () => ({ also: () => [{ name: "bin/escaped", content: "x" }] }),
    message: /a release has plain files in one folder/,
  },
  "a name with control characters": {
    wrong: () => ({ also: (folder) => [{ name: `${folder}/\x1b[2J`, content: "x" }] }),
    message: /unexpected '[\x20-\x7e]*' in .*: a release has plain files in one folder/,
  },
  "a symbolic link and a file through it": {
    wrong: (outside) => ({ also: (folder) => throughLink(folder, outside) }),
    message: /a release has plain files in one folder/,
  },
  "a hard link": {
    wrong: () => ({ also: (folder) => [{ name: `${folder}/x`, type: "1", to: "etc/passwd" }] }),
    message: /a release has plain files in one folder/,
  },
  "something that is not a file": {
    wrong: () => ({ also: (folder) => [{ name: `${folder}/x`, type: "6" }] }),
    message: /a release has plain files in one folder/,
  },
  "a program for another system": {
    wrong: () => ({ program: new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 9, 9, 9, ...new Array(200).fill(1)]) }),
    message: /the program does not run on this system|the downloaded program is not Plimsoll/,
  },
  "a program for another C library": {
    wrong: () => ({ program: "#!/lib/ld-of-another-libc.so.1\n" }),
    message: /the program does not run on this system/,
  },
  "a program with a missing library": {
    wrong: () => ({
      program: "#!/bin/sh\necho 'Error loading shared library libstdc++.so.6: No such file' >&2\nexit 127\n",
    }),
    message: /the program needs libstdc\+\+: on Alpine 'apk add libstdc\+\+'/,
  },
  "a program that is not ours": {
    wrong: () => ({ program: "#!/bin/sh\necho 'other 1.0'\n" }),
    message: /the downloaded program is not Plimsoll/,
  },
};

const throughLink = (folder: string, outside: string): Member[] => [
  { name: `${folder}/way`, type: "2", to: outside.slice(0, outside.lastIndexOf("/")) },
  { name: `${folder}/way/escaped`, content: "x" },
];

describe("an archive is refused that has", () => {
  for (const [name, { wrong, message }] of Object.entries(HOSTILE))
    byEachShell(name, async (shell) => {
      using box = installSandbox();
      const from = publish(release("2.0.0", wrong(box.path("escaped"))), box.path("release"));
      await expectRefusal(box, { shell, from }, message);
    });

  test("the right name and the wrong checksum: its program is never started", async () => {
    using box = installSandbox();
    const files = release("2.0.0", { program: program("2.0.0", PASSED) });
    const from = publish(
      { ...files, SHA256SUMS: release("2.0.0").SHA256SUMS as string },
      box.path("release"),
    );
    await expectRefusal(box, { from }, /checksum mismatch of/);
    writeFileSync(box.path("release/SHA256SUMS"), files.SHA256SUMS as string);
    expect(await install(box, { from })).toMatchObject({ code: 0 });
    expect(existsSync(`${box.home}/it-ran`)).toBe(true);
  });
});

/** How far a download comes. The archive's first half, as though all of it or only that were coming. */
const CUT: Record<string, { sent: (content: Uint8Array) => Sent; message: RegExp }> = {
  "is cut short of its length": {
    sent: (content) => ({ bytes: response(half(content), { length: content.length }), end: "close" }),
    message: /cannot download|checksum mismatch of/,
  },
  "is cut, its length unknown": {
    sent: (content) => ({ bytes: response(half(content), {}), end: "close" }),
    message: /checksum mismatch of/,
  },
  stalls: {
    sent: (content) => ({ bytes: response(half(content), { length: content.length }), end: "silence" }),
    message: /no data for 1 seconds/,
  },
  "is never answered": {
    sent: () => ({ bytes: "", end: "silence" }),
    message: /no data for 1 seconds/,
  },
};

const half = (content: Uint8Array) => content.subarray(0, content.length >> 1);

describe.concurrent("a download is given up that", () => {
  for (const [name, { sent, message }] of Object.entries(CUT))
    byEachShell(
      name,
      async (shell) => {
        using box = installSandbox();
        const files = release("2.0.0");
        using server = serveRaw((path) => {
          const content = Buffer.from(files[path.slice(1)] as string);
          return path === "/SHA256SUMS"
            ? { bytes: response(content, { length: content.length }), end: "close" }
            : sent(content);
        });
        await expectRefusal(box, { shell, from: server.address, env: { PLIMSOLL_TIMEOUT: "1" } }, message);
      },
      true,
    );
});

test("an insecure or invalid URL is refused", async () => {
  using box = installSandbox();
  for (const from of [
    "http://example.invalid",
    "http://localhost.example.invalid/x",
    "http://127.0.0.1.example.invalid",
    "http://127.0.0.1@example.invalid/",
    "http://localhost:1@example.invalid/",
    "ftp://localhost/x",
    "/a/path",
  ])
    expect(await install(box, { from })).toMatchObject({ code: 2, stdout: "" });
  const unknown = await install(box);
  expect(unknown).toMatchObject({ code: 1, stdout: "" });
  expect(unknown.stderr).toContain("set PLIMSOLL_BASE_URL");
  expect(await install(box, { from: `file://${box.path("nowhere")}` })).toMatchObject({ code: 1 });
  expect(existsSync(box.prefix)).toBe(false);
});
