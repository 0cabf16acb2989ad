/** How each segment looks: the editor and `plimsoll segments` show it. */
import { describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../src/config/config.ts";
import { segmentLook } from "../../src/line/segment-look.ts";
import { SEGMENTS } from "../../src/line/segments/index.ts";
import { WIDE } from "./draw.ts";

const COLORED = { ...WIDE, colors: 16 } as const;
/** An escape sequence of a colour. */
const ESCAPE = "\x1b[";

describe.each(SEGMENTS.map(({ name }) => name))("segment %s", (name) => {
  test("has a look in some sample session, without colour and with the same text in colour", () => {
    const plain = segmentLook(name, DEFAULT_CONFIG, WIDE);
    expect(plain?.trim()).toBeTruthy();
    expect(plain).not.toContain(ESCAPE);
    expect(Bun.stripANSI(segmentLook(name, DEFAULT_CONFIG, COLORED) ?? "")).toBe(plain as string);
  });
});

test("a look is the segment alone, with the options of the configuration", () => {
  expect(segmentLook("git", DEFAULT_CONFIG, WIDE)).toStartWith("main +2 ~1 ?3");
  const quiet = { ...DEFAULT_CONFIG, segments: { git: { changes: false, upstream: false, stashes: false } } };
  expect(segmentLook("git", quiet, WIDE)).toBe("main");
  expect(segmentLook("turns", { ...DEFAULT_CONFIG, style: "capsule", icons: "ascii" }, WIDE)).toBe(
    "12 turns",
  );
  expect(segmentLook("git", DEFAULT_CONFIG, COLORED)).toStartWith(ESCAPE);
});

test("a narrow terminal shortens it", () => {
  expect(segmentLook("message", DEFAULT_CONFIG, { ...WIDE, cells: 20 })?.length).toBeLessThanOrEqual(20);
});

test("segments with an argument have an example", () => {
  for (const reference of ["command", "command:", "command:weather"])
    expect(segmentLook(reference, DEFAULT_CONFIG, WIDE)).toBe("9° rain");
  for (const reference of ["text", "text:", "text:hello"])
    expect(segmentLook(reference, DEFAULT_CONFIG, WIDE)).toBe("hello");
});

test("the error of a sample's configuration is in no other segment's look", () => {
  expect(segmentLook("health", DEFAULT_CONFIG, WIDE)).toContain("unknown segment");
  const late = { ...DEFAULT_CONFIG, segments: { git: { levels: [0, 0] as const } } };
  for (const { name } of SEGMENTS)
    if (name !== "health") expect(segmentLook(name, late, WIDE)).not.toContain("config:");
});

test("an unknown segment and an unknown command have none", () => {
  for (const reference of ["gti", "", "constructor", "model:x", "command:nope"])
    expect(segmentLook(reference, DEFAULT_CONFIG, WIDE)).toBeUndefined();
});
