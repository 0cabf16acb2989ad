/** Paths that an update, a clean-up or a reboot removes. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment } from "../os/environment.ts";

/** Why a path may stop leading to the program. */
export interface Fragility {
  readonly text: string;
  readonly hint: string;
}

interface FragileKind extends Fragility {
  readonly matches: (path: string, env: Environment) => boolean;
}

const INSTALL = "install it to a permanent place, such as ~/.local/bin/plimsoll, and run setup from there";

const TEMPORARY = /^(\/private)?(\/tmp|\/var\/tmp|\/var\/folders|\/dev\/shm|\/run|\/var\/run)\//;

/** The first match counts: specific kinds first. */
const KINDS: readonly FragileKind[] = [
  {
    matches: (path) =>
      /\/dist\/[^/]+$/.test(path) && existsSync(join(dirname(dirname(path)), "package.json")),
    text: "is a build in a checkout, which the next build replaces and a clean-up removes",
    hint: "install it: './install.sh' in the checkout",
  },
  {
    matches: (path) => path.includes("/Cellar/"),
    text: "is Homebrew's directory for one version",
    hint: 'run setup as "$(brew --prefix)/bin/plimsoll" setup',
  },
  {
    matches: (path) => path.startsWith("/nix/store/"),
    text: "is in the Nix store, where every build has its own path",
    hint: "add it to your profile, and run setup with the profile's path",
  },
  {
    matches: (path) => /\/(_npx|_cacache|\.npm|\.bun\/install\/cache|\.cache)\//.test(path),
    text: "is in a cache, which may be cleared at any time",
    hint: INSTALL,
  },
  {
    matches: (path) => path.includes("/node_modules/"),
    text: "is in node_modules, which the next installation may replace",
    hint: INSTALL,
  },
  {
    matches: (path, { TMPDIR = "" }) =>
      TEMPORARY.test(path) || (TMPDIR.startsWith("/") && path.startsWith(`${TMPDIR.replace(/\/+$/, "")}/`)),
    text: "is in a directory for temporary files",
    hint: INSTALL,
  },
  {
    matches: (path) => /\/[^/]*\d+\.\d+[^/]*\//.test(path),
    text: "is in a directory of one version",
    hint: "run setup by a name without the version, such as a link in ~/.local/bin",
  },
  {
    matches: (path) => /\/plimsoll-[^/]+$/.test(path),
    text: "is named like a download for one system or version",
    hint: INSTALL,
  },
];

/** @param path absolute, as it would be called */
export function findFragility(path: string, env: Environment): Fragility | undefined {
  const kind = KINDS.find(({ matches }) => matches(path, env));
  return kind && { text: `${path} ${kind.text}`, hint: kind.hint };
}
