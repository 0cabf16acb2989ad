import { expect, test } from "bun:test";
import { draw, drawShort, payload } from "../draw.ts";

const at = (cwd: string | undefined) => ({ payload: payload({ cwd: cwd as string }) });

test("replaces the home directory by ~, as whole path components only", () => {
  expect(draw("directory", at("/home/dev"))).toBe("~");
  expect(draw("directory", at("/home/dev/proj"))).toBe("~/proj");
  expect(draw("directory", at("/home/developer/proj"))).toBe("/home/developer/proj");
  expect(draw("directory", { ...at("/srv/www"), home: "/" })).toBe("/srv/www");
});

test("each form", () => {
  const form = (name: string) =>
    draw("directory", { ...at("/home/dev/.config/app/sub"), options: { form: name } });
  expect(form("home")).toBe("~/.config/app/sub");
  expect(form("full")).toBe("/home/dev/.config/app/sub");
  expect(form("base")).toBe("sub");
  expect(form("fish")).toBe("~/.c/a/sub");
});

test("the root directory is a slash in every form", () => {
  for (const form of ["home", "full", "base", "fish"])
    expect(draw("directory", { ...at("/"), options: { form } })).toBe("/");
});

test("cuts the middle of a long path, then all but its last name", () => {
  const long = at("/home/dev/code/customers/northwind/services/billing");
  expect(drawShort("directory", 30, long)).toBe("~/code/cust…d/services/billing");
  expect(drawShort("directory", 12, long)).toBe("billing");
  expect(drawShort("directory", 4, long)).toBe("bil…");
});

test("is absent without a directory", () => expect(draw("directory", at(undefined))).toBeUndefined());
