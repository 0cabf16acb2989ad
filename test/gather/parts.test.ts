import { expect, test } from "bun:test";
import { GATHER } from "../../src/gather/parts/index.ts";
import { dueParts } from "../../src/state/due.ts";
import { PARTS, type PartName, type ScopeName } from "../../src/state/parts.ts";
import { PASS_DEADLINE_MS } from "../../src/state/timeouts.ts";

const NAMES = Object.keys(PARTS) as PartName[];
const SCOPES: readonly ScopeName[] = ["session", "repo", "account"];
const inScope = (scope: ScopeName) => NAMES.filter((name) => PARTS[name].scope === scope);

test("every part of the table is gathered, and says what it gathers", () => {
  expect(Object.keys(GATHER).sort()).toEqual(NAMES.toSorted());
  for (const { scope, about } of Object.values(PARTS)) {
    expect(SCOPES).toContain(scope);
    expect(about).toMatch(/^[A-Z].*[^.]$/);
    expect(about.length).toBeGreaterThan(20);
    expect(about.length).toBeLessThan(100);
  }
});

test("no scope has two parts with the same key", () => {
  for (const scope of SCOPES) {
    const keys = inScope(scope).map((name) => PARTS[name].key);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test("in a scope without state every part is due", () => {
  const config = { refresh: {}, commands: { x: { refreshMs: 1 } } };
  expect(dueParts("session", undefined, 0, config)).toEqual(inScope("session"));
  expect(dueParts("repo", undefined, 0, config)).toEqual(inScope("repo"));
  expect(dueParts("account", undefined, 0, config)).toEqual(inScope("account"));
});

test("every part has a deadline that lets the pass end before its own", () => {
  for (const { deadlineMs, ttlMs } of Object.values(PARTS)) {
    expect(deadlineMs).toBeLessThan(PASS_DEADLINE_MS - 1_000);
    expect(ttlMs).toBeGreaterThan(0);
  }
});
