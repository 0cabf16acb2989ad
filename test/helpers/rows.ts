/** Requirements on every output of `display`. */
import { expect } from "bun:test";
import type { Finished } from "./binary.ts";

/** Colours (SGR) and links (OSC 8) are all that a row may hold beside text. */
const ALLOWED_ESCAPES = /\u001b\[[0-9;]*m|\u001b\]8;;[!-~]*\u001b\\/g;
/** Control characters, and what reorders or hides text: bidirectional controls, line separators, zero-width marks, tags. */
const RAW =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;

/** The rows of an output, without colours and links. */
export function plainRows(stdout: string): string[] {
  return stdout.replace(/\n$/, "").replace(ALLOWED_ESCAPES, "").split("\n");
}

/** Fails unless rows are non-empty, free of anything raw, and no wider than `cells`. */
export function expectRows(stdout: string, cells: number): string[] {
  const rows = plainRows(stdout);
  for (const row of rows) {
    expect(row.trim()).not.toBe("");
    expect(row).not.toMatch(RAW);
    expect(Bun.stringWidth(row)).toBeLessThanOrEqual(cells);
  }
  return rows;
}

/** Fails unless the program exited with 0, wrote nothing to stderr, and drew rows. */
export function expectDrawn(finished: Finished, cells = 76): string[] {
  expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
  return expectRows(finished.stdout, cells);
}
