import { expect, test } from "bun:test";
import type { Context } from "../../../src/line/context.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import type { GitFacts } from "../../../src/state/parts.ts";
import { draw, drawShort, fromNow, type Given, WIDE } from "../draw.ts";

/** The working tree with these facts, at the branch of `.git/HEAD`. */
function tree(
  facts: Partial<Record<keyof GitFacts, unknown>>,
  given: Given = {},
  old = 0,
  error?: string,
): Given {
  const clean = {
    branch: "main",
    commit: "3f9c2ab",
    staged: 0,
    modified: 0,
    untracked: 0,
    conflicts: 0,
    stashes: 0,
  };
  const repo = sampleContext("busy", WIDE).repo as NonNullable<Context["repo"]>;
  const at = fromNow(-old);
  const part = {
    value: { ...clean, ...facts } as unknown as GitFacts,
    gatheredAt: at,
    triedAt: at,
    tookMs: 1,
    ...(error ? { error, failures: 1 } : {}),
  };
  return { repo: { ...repo, parts: { git: part } }, ...given };
}
const head = (over: object) => ({ head: { root: "/r", ...over } });

test("a clean branch is its name", () => expect(draw("git", tree({}))).toBe("main"));

test("every kind of change has its sign and count", () => {
  const facts = { ahead: 2, behind: 1, staged: 3, modified: 4, untracked: 5, conflicts: 6, stashes: 7 };
  expect(draw("git", tree(facts))).toBe("main ≠6!! +3 ~4 ?5 ↑2 ↓1 ≡7");
  const { conflicts: _, ...calm } = facts;
  expect(draw("git", { ...tree(calm), config: { icons: "ascii" } })).toBe("main +3 ~4 ?5 ^2 v1 stash 7");
});

test("the critical mark and colour are at the conflicts, not at the branch", () => {
  const given = { ...tree({ conflicts: 2, staged: 1 }), terminal: { ...WIDE, colors: 16 } as const };
  expect(draw("git", given)).toBe("\x1b[35mmain\x1b[1;31m ≠2!!\x1b[22;32m +1\x1b[0m");
  expect(drawShort("git", 8, tree({ conflicts: 2, staged: 1 }))).toBe("main*!!");
  expect(draw("git", { ...tree({ conflicts: 2 }), config: { icons: "ascii" } })).toBe("main !=2!!");
});

test("marks counts that are lower bounds", () => {
  const facts = { ahead: 2, staged: 3, modified: 3120, untracked: undefined, partial: true, atLeast: true };
  expect(draw("git", tree(facts))).toBe("main +≥3 ~≥3120 ?… ↑2");
  expect(draw("git", { ...tree(facts), config: { icons: "ascii" } })).toBe("main +>=3 ~>=3120 ?.. ^2");
});

test("hides what is switched off", () => {
  const options = { changes: false, upstream: false, stashes: false, operation: false, worktree: false };
  const given = tree({ ahead: 1, staged: 1, stashes: 1, operation: "merge", worktree: "wt" }, { options });
  expect(draw("git", given)).toBe("main");
});

test("names an operation in progress and a linked worktree", () => {
  expect(draw("git", tree({ operation: "rebase 2/5", worktree: "hotfix" }))).toBe("main rebase 2/5 ◫hotfix");
});

test("a detached HEAD is its commit", () => {
  const given = tree({ branch: undefined, modified: 1 }, head({ commit: "3f9c2ab8".padEnd(40, "0") }));
  expect(draw("git", given)).toBe("@3f9c2ab ~1");
});

test("hides the counts of the previous branch after a checkout", () => {
  expect(draw("git", tree({ modified: 4, ahead: 2 }, head({ branch: "other" })))).toBe("other");
});

test("shows that untracked files were not counted", () => {
  expect(draw("git", tree({ partial: true, untracked: undefined }))).toBe("main ?…");
});

test("marks stale facts with their age, and a failed attempt", () => {
  expect(draw("git", tree({ modified: 1 }, {}, 17 * 60_000))).toBe("main ~1 (17m old)");
  expect(draw("git", tree({ modified: 1 }, {}, 17 * 60_000, "timed out"))).toBe("main ~1 (17m old) ×");
});

test("replaces the counts by one sign in a short row", () => {
  const facts = { ahead: 2, staged: 3, modified: 4, untracked: 5, operation: "rebase 2/5" };
  expect(drawShort("git", 24, tree(facts))).toBe("main rebase*");
  expect(
    drawShort("git", 8, tree({ branch: "feature/long-name" }, head({ branch: "feature/long-name" }))),
  ).toBe("fe…-name");
});

test("is absent outside of a working tree", () => {
  const { head: _, repo: __, ...rest } = sampleContext("busy", WIDE);
  expect(
    draw("git", { ...rest, head: undefined as never, repo: undefined as never, options: {}, config: {} }),
  ).toBeUndefined();
});
