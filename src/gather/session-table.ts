/** Sessions as a table for a person. */

import { printable } from "../cli/characters.ts";
import { cutEnd } from "../line/layout/cells.ts";
import type { SessionRow } from "./all-sessions.ts";
import { table } from "./report.ts";

/** @param home is shown as `~` */
export function describeSessions(rows: readonly SessionRow[], home: string | undefined, now: number): string {
  if (rows.length === 0) return "no sessions";
  const heading = ["STATE", "PID", "SESSION", "DIRECTORY", "MODEL", "CONTEXT", "COST", "ACTIVE"];
  return table([heading, ...rows.map((row) => cells(row, home, now))]).join("\n");
}

function cells(row: SessionRow, home: string | undefined, now: number): string[] {
  const { contextPercent, costUsd, lastActivityAt } = row;
  return [
    printable(row.state),
    row.pid === undefined ? "-" : String(row.pid),
    shown(row.name ?? row.sessionId?.slice(0, 8) ?? "-", 30),
    row.cwd === undefined ? "-" : shown(shorten(row.cwd, home), 60),
    shown(row.model ?? "-", 40),
    contextPercent === undefined ? "-" : `${Math.round(contextPercent)} %`,
    costUsd === undefined ? "-" : `$${costUsd.toFixed(2)}`,
    lastActivityAt === undefined ? "-" : ageText(now - lastActivityAt),
  ];
}

const shown = (text: string, limit: number): string => cutEnd(printable(text), limit, "…");

const shorten = (path: string, home: string | undefined): string =>
  home && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;

/** @param ms an age; one below zero counts as none */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}
