import { describe, expect, test } from "bun:test";
import { firstJsonScanner } from "../../src/claude/first-json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const scanOnce = (text: string) => firstJsonScanner()(bytes(text));

describe("the end of the first JSON value", () => {
  test("is found behind blanks and a byte order mark, and before whatever follows", () => {
    expect(scanOnce('\n {"a":1} {"b":2}')).toEqual({ state: "complete", start: 2, end: 9 });
    expect(scanOnce('\uFEFF{"a":1}')).toEqual({ state: "complete", start: 3, end: 10 });
    expect(scanOnce("[1,[2]]x")).toEqual({ state: "complete", start: 0, end: 7 });
  });

  test("is not mistaken for brackets and quotes inside of strings", () => {
    const json = JSON.stringify({ a: '}"]\\', b: '\\"}' });
    expect(scanOnce(`${json}rest`)).toEqual({ state: "complete", start: 0, end: bytes(json).length });
  });

  test("is the same however the stream is cut", () => {
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

  test("is given up on what can never become an object, and on nesting that a parser would not survive", () => {
    expect(scanOnce("hello").state).toBe("hopeless");
    expect(scanOnce("\0\x01\xff").state).toBe("hopeless");
    expect(scanOnce('"{}"').state).toBe("hopeless");
    expect(scanOnce("[".repeat(100_000)).state).toBe("hopeless");
    expect(scanOnce("").state).toBe("incomplete");
    expect(scanOnce('{"a":').state).toBe("incomplete");
  });
});
