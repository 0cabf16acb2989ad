import { expect, test } from "bun:test";
import { draw, payload } from "../draw.ts";

test("said when it is", () => expect(draw("remote", { payload: payload({ remote: true }) })).toBe("remote"));
test("on this machine, nothing", () => expect(draw("remote")).toBeUndefined());
