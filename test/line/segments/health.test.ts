import { expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../../src/config/config.ts";
import { renderLine } from "../../../src/line/layout/line.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import { draw, drawShort, WIDE } from "../draw.ts";

test("is absent without errors", () => expect(draw("health")).toBeUndefined());
test("shows the configuration's error, and what could not be gathered", () => {
  expect(draw("health", { sample: "failing" })).toBe(
    "config: rows[0].left[2]: unknown segment 'gti'; git failing!",
  );
  expect(drawShort("health", 22, { sample: "failing" })).toBe("config, git failing!");
});
test("the session's usage and the account's are two parts: either may fail", () => {
  const { session, account } = sampleContext("busy", WIDE);
  const failed = { value: null, gatheredAt: 0, triedAt: 1, tookMs: 1, error: "disk full", failures: 1 };
  const ofSession = { session: { ...session, parts: { usage: failed } } } as never;
  expect(draw("health", ofSession)).toBe("session-usage failing!");
  const ofAccount = { account: { ...account, parts: { usage: failed } } } as never;
  expect(draw("health", ofAccount)).toBe("usage failing!");
});
test("reports an invalid configuration even if no row has this segment", () => {
  const context = sampleContext("fresh", WIDE, { ...DEFAULT_CONFIG, rows: [{ left: ["model"] }] });
  expect(renderLine(context)).toEqual(["Sonnet 5.5"]);
  expect(renderLine({ ...context, configError: "it is not JSON" })).toEqual([
    "Sonnet 5.5 · config: it is not JSON!",
  ]);
});
test("why there is no payload", () =>
  expect(draw("health", { payloadError: "stdin is empty" })).toBe("stdin is empty!"));
test("what a damaged ledger has lost, besides failures", () => {
  const notice = "12 messages could not be recovered from a damaged ledger on 2026-11-24";
  const usage = { value: { notice }, gatheredAt: 1, triedAt: 1, tookMs: 1 };
  const account = { version: 1, claudeDir: "/c", parts: { usage } } as never;
  expect(draw("health", { account })).toBe(`ledger: ${notice}!`);
  expect(drawShort("health", 18, { account })).toBe("ledger lost data!");
});
test("ignores what is too early, such as a transcript before the first prompt", () => {
  const transcript = {
    value: null,
    gatheredAt: 0,
    triedAt: 1,
    tookMs: 1,
    error: "there is no transcript yet",
  };
  const session = { version: 1, sessionId: "s", parts: { transcript } } as never;
  expect(draw("health", { session })).toBeUndefined();
});
