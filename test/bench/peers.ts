/** Other status lines, installed from npm at pinned versions into a private directory. */
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

/** The status line command of each peer, below the directory that `installPeers` returns. */
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

/** Install the peers. @returns their directory, or undefined when npm fails */
export function installPeers(): string | undefined {
  const prefix = join(tmpdir(), "plimsoll-bench-peers");
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  if (!Object.keys(VERSIONS).every((name) => existsSync(join(prefix, "node_modules", name)))) {
    mkdirSync(prefix, { recursive: true });
    const npm = Bun.spawnSync(
      ["npm", "install", "--no-audit", "--no-fund", "--prefix", prefix, ...packages],
      {
        stdout: "ignore",
        stderr: "pipe",
      },
    );
    if (!npm.success) {
      console.error(`skipping the peers: npm cannot install them\n${npm.stderr.toString().trim()}`);
      return undefined;
    }
  }
  // The package's launcher does this at its first start, but the benchmark starts the native program.
  chmodSync(ccusageProgram(prefix), 0o755);
  return prefix;
}
