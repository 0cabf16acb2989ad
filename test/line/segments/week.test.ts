import { expect, test } from "bun:test";
import { draw } from "../draw.ts";

test("the sum of seven days", () => expect(draw("week")).toBe("week $87.50"));
test("is absent when unknown", () => expect(draw("week", { account: undefined as never })).toBeUndefined());
