import { describe, expect, test } from "bun:test";
import { firstJsonScanner } from "../../src/claude/first-json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const scanOnce = (text: string) => firstJsonScanner()(bytes(text));

describe("the end of the first JSON value", () => {
  test("is found after blanks and a byte order mark, whatever follows", () => {
    expect(scanOnce('\n {"a":1} {"b":2}')).toEqual({ state: "complete", start: 2, end: 9 });
    expect(scanOnce('\uFEFF{"a":1}')).toEqual({ state: "complete", start: 3, end: 10 });
    expect(scanOnce("[1,[2]]x")).toEqual({ state: "complete", start: 0, end: 7 });
  });

  test("ignores brackets and quotes inside strings", () => {
    const json = JSON.stringify({ a: '}"]\\', b: '\\"}' });
    expect(scanOnce(`${json}rest`)).toEqual({ state: "complete", start: 0, end: bytes(json).length });
  });

  test("does not depend on how the stream is split", () => {
    const json = JSON.stringify({ path: "C:\\dir\\", text: 'say "hi" {[', list: [{}, [[]]], ü: "é😀" });
    const whole = bytes(`${json}  `);
    for (let cut = 0; cut < whole.length; cut++) {
      const scan = firstJsonScanner();
      const first = scan(whole.subarray(0, cut));
      expect(first.state).toBe(cut >= bytes(json).length ? "complete" : "incomplete");
      if (first.state === "incomplete")
        expect(scan(whole)).toEqual({ state: "complete", start: 0, end: bytes(json).length });
    }
  });

  test("is invalid for what cannot become an object, and for nesting that would overflow a parser", () => {
    expect(scanOnce("hello").state).toBe("invalid");
    expect(scanOnce("\0\x01\xff").state).toBe("invalid");
    expect(scanOnce('"{}"').state).toBe("invalid");
    expect(scanOnce("[".repeat(100_000)).state).toBe("invalid");
    expect(scanOnce("").state).toBe("incomplete");
    expect(scanOnce('{"a":').state).toBe("incomplete");
  });
});
