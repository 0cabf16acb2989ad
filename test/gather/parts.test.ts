import { expect, test } from "bun:test";
import { GATHER_PARTS } from "../../src/gather/parts/index.ts";
import { dueAccountParts, dueRepoParts, dueSessionParts } from "../../src/state/due.ts";
import { PARTS } from "../../src/state/schema.ts";

const ALL = Object.entries(GATHER_PARTS).flatMap(([scope, parts]) => parts.map((part) => ({ scope, part })));

test("every part of the contract is gathered, and says what it gathers", () => {
  expect(new Set(ALL.map(({ part }) => part.name))).toEqual(
    new Set(Object.keys(PARTS) as (keyof typeof PARTS)[]),
  );
  for (const { scope, part } of ALL) {
    expect(part.scope).toBe(scope as typeof part.scope);
    expect(part.about.length).toBeGreaterThan(20);
    expect(part.about.length).toBeLessThan(100);
  }
});

test("no scope has a part twice", () => {
  for (const parts of Object.values(GATHER_PARTS))
    expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
});

test("what is due in a scope without state is what is gathered there", () => {
  const settings = { refresh: {}, commands: { x: { refreshMs: 1 } } };
  expect(dueSessionParts(undefined, 0, settings).sort()).toEqual(
    GATHER_PARTS.session.map(({ name }) => name).sort(),
  );
  expect(dueRepoParts(undefined, 0, settings)).toEqual(GATHER_PARTS.repo.map(({ name }) => name));
  expect(dueAccountParts(undefined, 0, settings).sort()).toEqual(
    GATHER_PARTS.account.map(({ name }) => name).sort(),
  );
});

test("every part has a deadline that lets the pass end before its own", () => {
  for (const { deadlineMs, ttlMs } of Object.values(PARTS)) {
    expect(deadlineMs).toBeLessThan(29_000);
    expect(ttlMs).toBeGreaterThan(0);
  }
});
