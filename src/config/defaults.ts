import type { Config } from "./config.ts";

/** What a line looks like that nobody configured: who and where, then how loaded. */
export const DEFAULT_CONFIG: Config = {
  rows: [
    {
      left: [
        "model",
        "effort",
        "fast",
        "directory",
        "git",
        "pull-request",
        "agent",
        "name",
        "output-style",
        "vim",
        "agents",
        "todos",
      ],
    },
    {
      left: ["context", "cost", "five-hour", "seven-day", "spend", "cache", "lines", "health"],
    },
  ],
  style: "plain",
  icons: "unicode",
  theme: "auto",
  colors: {},
  bar: { shape: "slant", cells: 10 },
  margin: 0,
  padding: 0,
  segments: {},
  refresh: {},
  commands: {},
  prices: {},
  billing: { source: "ledger" },
};
