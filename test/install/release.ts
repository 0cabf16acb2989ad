/** A release as published, with a script as the program. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { archive, type Member } from "./archive.ts";

const TARGETS = [
  "linux-x64",
  "linux-arm64",
  "linux-x64-musl",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
];

/** The files besides the program. */
export const SHARED = [
  "share/man/man1/plimsoll.1",
  "share/bash-completion/completions/plimsoll",
  "share/zsh/site-functions/_plimsoll",
  "share/fish/vendor_completions.d/plimsoll.fish",
  "share/doc/plimsoll/LICENSE",
  "share/doc/plimsoll/README.md",
  "share/doc/plimsoll/CHANGELOG.md",
  "share/doc/plimsoll/config.schema.json",
  "share/doc/plimsoll/manual.md",
];

/** A stand-in for Plimsoll whose setup removes ~/.claude/settings.json. */
export const program = (version: string, body = "") => `#!/bin/sh
${body}
case "\${1-} \${2-}" in
  "--version ") echo "plimsoll ${version} (test)" ;;
  "display ") echo "the line of ${version}" ;;
  "setup --help") echo "Usage: plimsoll setup" ;;
  "setup --remove") rm -f "$HOME/.claude/settings.json" && echo "the status line is taken out" ;;
  *) exit 2 ;;
esac
`;

/** The files of a release by name. */
export type Release = Record<string, Uint8Array<ArrayBuffer> | string>;

/** Deviations from a valid release. */
export interface Wrong {
  /** The program itself. */
  readonly program?: string | Uint8Array;
  /** Additional members of the archive, given its folder's name. */
  readonly also?: (folder: string) => readonly Member[];
  /** Default: all. */
  readonly targets?: readonly string[];
}

/** @returns the release of `version` for every target; modes are stricter than an installation's */
export function release(version: string, wrong: Wrong = {}): Release {
  const files: Release = {};
  for (const target of wrong.targets ?? TARGETS) {
    const folder = `plimsoll-${target}`;
    files[`${folder}.tar.gz`] = archive([
      { name: `${folder}/`, type: "5", mode: 0o755 },
      ...SHARED.map((name) => ({
        name: `${folder}/${name}`,
        mode: 0o600,
        content: `${name} of ${version}\n`,
      })),
      { name: `${folder}/bin/plimsoll`, mode: 0o700, content: wrong.program ?? program(version) },
      ...(wrong.also?.(folder) ?? []),
    ]);
  }
  files.SHA256SUMS = sums(files);
  return files;
}

/** @returns the text of SHA256SUMS */
export const sums = (files: Release): string =>
  Object.entries(files)
    .filter(([name]) => name !== "SHA256SUMS")
    .map(([name, content]) => `${Bun.SHA256.hash(content, "hex")}  ${name}\n`)
    .join("");

/** Write a release to a directory. @returns its URL */
export function publish(files: Release, directory: string): string {
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return `file://${directory}`;
}

/** Deviations from an installation by the current installer. */
export interface Laid {
  /** The program's text. */
  readonly content?: string;
  /** Its records: version 0.1.0 recorded no checksums; "nothing" is not an installation of ours. */
  readonly recorded?: "all" | "as 0.1.0" | "nothing";
}

/** Create an installation of `version` below a prefix, as by the installer if it created no directory. */
export function createInstallation(
  version: string,
  prefix: string,
  { content, recorded = "all" }: Laid = {},
): void {
  const put = (name: string, text: string, mode: number) => {
    mkdirSync(dirname(join(prefix, name)), { recursive: true });
    writeFileSync(join(prefix, name), text, { mode });
    return `${Bun.SHA256.hash(text, "hex")}  ${name}\n`;
  };
  const checksums = [
    ...SHARED.map((name) => put(name, `${name} of ${version}\n`, 0o644)),
    put("bin/plimsoll", content ?? program(version), 0o755),
  ];
  if (recorded !== "nothing") put("share/doc/plimsoll/directories", "", 0o644);
  if (recorded === "all") put("share/doc/plimsoll/checksums", checksums.join(""), 0o644);
}
