import { expect, test } from "bun:test";
import { draw } from "../draw.ts";
import { transcript } from "../transcript.ts";

test("how often", () => expect(draw("compactions")).toBe("compacted 1x"));
test("is absent when it was never compacted", () =>
  expect(draw("compactions", transcript({ compactions: 0 }))).toBeUndefined());
