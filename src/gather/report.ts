/** A pass's report as text. */
import { printable } from "../cli/characters.ts";
import type { PassReport } from "./pass.ts";

/** @returns a table with one line for each part, then why scopes were skipped */
export function describePass({ parts, scopes, tookMs, cut }: PassReport): string {
  const rows = parts.map(({ scope, part, outcome, tookMs: ms, error }) => [
    scope,
    part,
    outcome === "good" ? "ok" : outcome,
    outcome === "fresh" ? "" : `${ms} ms`,
    error ?? "",
  ]);
  const skipped = scopes
    .filter(({ outcome, error }) => error !== undefined || outcome === "busy" || outcome === "backing off")
    .map(({ scope, outcome, error }) => printable(`${scope}: ${error ?? WORDS[outcome]}`));
  const nothing = scopes.length === 0 ? ["there is no session, working tree or account to gather for"] : [];
  return [...table(rows), ...skipped, ...nothing, `${cut ? "stopped" : "done"} after ${tookMs} ms`].join(
    "\n",
  );
}

const WORDS = {
  gathered: "gathered",
  fresh: "nothing was due",
  busy: "another pass is working on it ('--wait' waits for it)",
  "backing off": "it failed recently and is skipped for a while ('--force' retries at once)",
  "locked out": "its lock cannot be used",
} as const;

/** @returns the rows as lines, in columns; invisible characters are made visible */
export function table(raw: readonly (readonly string[])[]): string[] {
  const rows = raw.map((row) => row.map((cell) => printable(cell)));
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, Bun.stringWidth(cell));
  const pad = (cell: string, index: number) =>
    cell + " ".repeat((widths[index] ?? 0) - Bun.stringWidth(cell));
  return rows.map((row) => row.map(pad).join("  ").trimEnd());
}
