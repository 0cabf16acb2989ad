import { expect, test } from "bun:test";
import { draw, drawShort, payload } from "../draw.ts";

const model = (over: object) => ({ payload: payload({ model: over }) });

test("the display name, or else one made from the id", () => {
  expect(draw("model", model({ name: "Sonnet 5.5" }))).toBe("Sonnet 5.5");
  expect(draw("model", model({ id: "claude-opus-5-5[1m]" }))).toBe("Opus 5.5 (1M context)");
  expect(draw("model", model({ id: "claude-" }))).toBe("claude-");
});
test("drops details in brackets in a short row", () =>
  expect(drawShort("model", 12, model({ name: "Claude Opus 5.5 (1M context)" }))).toBe("Opus 5.5"));
test("is absent without a model", () => expect(draw("model", model({}))).toBeUndefined());
