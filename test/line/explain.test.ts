import { expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../src/config/config.ts";
import { explainLine } from "../../src/line/explain.ts";
import { sampleContext } from "../../src/line/samples.ts";
import { SEGMENTS } from "../../src/line/segments/index.ts";
import { WIDE } from "./draw.ts";

function explain(cells: number, left: string[], sample: "busy" | "failing" = "busy") {
  let ticks = 0;
  return explainLine(
    sampleContext(sample, { ...WIDE, cells }, { ...DEFAULT_CONFIG, rows: [{ left }] }),
    () => ticks++,
  );
}

test("each configured segment: its text in the row, and its placement", () => {
  const explained = explain(28, ["directory", "git", "turns", "vim", "nonsense"]).slice(0, 5);
  expect(
    explained.map(({ name, form, text, reason, row, ms }) => ({ name, form, text, reason, row, ms })),
  ).toMatchInlineSnapshot(`
    [
      {
        "form": "full",
        "ms": 1,
        "name": "directory",
        "reason": undefined,
        "row": 1,
        "text": "~/proj",
      },
      {
        "form": "full",
        "ms": 1,
        "name": "git",
        "reason": undefined,
        "row": 1,
        "text": "main +2 ~1 ?3 ↑2 ≡1",
      },
      {
        "form": "dropped",
        "ms": 1,
        "name": "turns",
        "reason": undefined,
        "row": 1,
        "text": "12t",
      },
      {
        "form": "absent",
        "ms": 1,
        "name": "vim",
        "reason": "vim mode is off",
        "row": 1,
        "text": undefined,
      },
      {
        "form": "unknown",
        "ms": undefined,
        "name": "nonsense",
        "reason": "unknown segment; 'plimsoll segments' lists what there is",
        "row": 1,
        "text": undefined,
      },
    ]
  `);
});

test("segments that are not configured follow, so that every segment is named once", () => {
  const explained = explain(80, ["model", "cost"]);
  expect(explained.map(({ name }) => name.replace(/:.*/, "")).sort()).toEqual(
    SEGMENTS.map(({ name }) => name).sort(),
  );
  expect(explained.slice(2).every(({ form }) => form === "not configured")).toBe(true);
});

test("a figure that could not be gathered has a reason", () => {
  expect(explain(80, ["git"], "failing")[0]).toMatchObject({
    form: "full",
    text: "main ~1 (17m old) ×",
    reason: "gathering git failed: git status took longer than 2.5 s",
  });
});

test("a segment is drawn without the joints of the style, and the brief reason fits a session with replies", () => {
  const config = { ...DEFAULT_CONFIG, style: "capsule", rows: [{ left: ["turns"] }] };
  const [turns] = explainLine(sampleContext("busy", WIDE, config), () => 0);
  expect(turns).toMatchObject({ drawn: "12 turns" });
  const fresh = { ...DEFAULT_CONFIG, rows: [{ left: ["tokens"] }] };
  const [tokens] = explainLine(sampleContext("fresh", WIDE, fresh), () => 0);
  expect(tokens).toMatchObject({ form: "absent", brief: "nothing read yet" });
});
