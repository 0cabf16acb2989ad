/** What reports are made from, for reports made in the test's own process. */
import { join } from "node:path";
import { directoryLookup } from "../../src/claude/project-path.ts";
import type { Ledger } from "../../src/ledger/index.ts";
import { UTC } from "../../src/ledger/zones.ts";
import { NO_COLORS } from "../../src/usage/colors.ts";
import { makeFormat } from "../../src/usage/format.ts";
import type { Query, ReportName } from "../../src/usage/query.ts";
import type { ReportContext } from "../../src/usage/report-context.ts";
import type { TerminalStyle } from "../../src/usage/table.ts";

/** @param box the home directory with the transcripts; projects are those of /home/dev */
export function contextOf(
  box: { readonly home: string },
  ledger: Ledger,
  { now, ...style }: { readonly now: number } & Partial<TerminalStyle>,
): ReportContext {
  return {
    ledger,
    zone: UTC,
    now,
    ...directoryLookup([join(box.home, ".claude")]),
    home: "/home/dev",
    transcriptFolders: ["/home/dev/.claude/projects", "/home/dev/.config/claude/projects"],
    style: () => ({
      format: makeFormat("en_US.UTF-8"),
      colors: NO_COLORS,
      width: 80,
      bar: "line",
      blockLevels: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      ...style,
    }),
  };
}

export const queryOf = (view: ReportName, over: Partial<Query> = {}): Query => ({
  view,
  output: "table",
  since: undefined,
  until: undefined,
  zone: UTC,
  project: undefined,
  model: undefined,
  order: undefined,
  breakdown: false,
  mode: "auto",
  active: false,
  recent: view === "blocks",
  ...over,
});
