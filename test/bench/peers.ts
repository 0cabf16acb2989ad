/** The other status lines, installed from npm into a cache of the benchmark's own, at the versions compared with. */
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSIONS = {
  "@cometix/ccline-linux-x64": "1.1.2",
  ccusage: "20.0.24",
  ccstatusline: "2.2.30",
} as const;

/** ccusage's native program below that directory. */
export const ccusageProgram = (prefix: string): string =>
  `${prefix}/node_modules/@ccusage/ccusage-linux-x64/bin/ccusage`;

/** How each peer is started as a status line command, below the directory that `installPeers` answers. */
export const PEERS: readonly { readonly name: string; readonly argv: (prefix: string) => string[] }[] = [
  {
    name: `ccline ${VERSIONS["@cometix/ccline-linux-x64"]}`,
    argv: (prefix) => [`${prefix}/node_modules/@cometix/ccline-linux-x64/ccline`],
  },
  {
    name: `ccusage ${VERSIONS.ccusage} statusline`,
    argv: (prefix) => [ccusageProgram(prefix), "statusline", "--offline"],
  },
  {
    name: "ccusage … --no-cache",
    argv: (prefix) => [ccusageProgram(prefix), "statusline", "--offline", "--no-cache"],
  },
  {
    name: `ccstatusline ${VERSIONS.ccstatusline}`,
    argv: (prefix) => ["node", `${prefix}/node_modules/ccstatusline/dist/ccstatusline.js`],
  },
];

/** @returns where the peers' packages are, or undefined when npm cannot bring them */
export function installPeers(): string | undefined {
  const prefix = join(tmpdir(), "plimsoll-bench-peers");
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  if (Object.keys(VERSIONS).every((name) => existsSync(join(prefix, "node_modules", name)))) return prefix;
  mkdirSync(prefix, { recursive: true });
  const npm = Bun.spawnSync(["npm", "install", "--no-audit", "--no-fund", "--prefix", prefix, ...packages], {
    stdout: "ignore",
    stderr: "pipe",
  });
  // The package's launcher does this at its first start; the benchmark starts the native program itself.
  if (npm.success) {
    chmodSync(ccusageProgram(prefix), 0o755);
    return prefix;
  }
  console.error(`the peers are left out: npm cannot install them here\n${npm.stderr.toString().trim()}`);
  return undefined;
}
