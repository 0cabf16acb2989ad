import { expect, setDefaultTimeout, test } from "bun:test";
import { readConfig } from "../../src/config-file/read.ts";
import { explainLine } from "../../src/line/explain.ts";
import { cells } from "../../src/line/layout/cells.ts";
import { drawLine } from "../../src/line/layout/line.ts";
import { icon } from "../../src/line/look/icons.ts";
import { forAll } from "../helpers/random.ts";
import { hostileContext, randomConfig } from "./hostile.ts";

setDefaultTimeout(300_000);

/** More on request: `PLIMSOLL_TEST_ROUNDS=200000`. */
const ROUNDS = Number(process.env.PLIMSOLL_TEST_ROUNDS ?? 4000);

const SGR = /\x1b\[[0-9;]+m/g;
const LINK = /\x1b\]8;;(?:https?:\/\/[\x21-\x7e]+)?\x1b\\/g;
// Repeated instead of imported, to find what clean.ts forgets.
const RAW =
  /\u034f|[\ufe00-\ufe0f]|[\u180b-\u180f]|[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\p{Noncharacter_Code_Point}]/u;

/** One answer of many: what a terminal shows that takes characters one by one. */
function cellsOneByOne(text: string): number {
  let width = 0;
  for (const character of text) width += Bun.stringWidth(character);
  return width;
}

test(`for any of ${ROUNDS} sessions, every row is visible, fits, and has no untrusted byte`, () => {
  forAll(ROUNDS, (random) => {
    const context = hostileContext(random);
    const { rows } = drawLine(context, () => 0);
    const { cells, colors, links } = context.terminal;
    const says = (what: string, row: string) => `${what}: ${JSON.stringify(row)}`;
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      const text = row.replace(SGR, "").replace(LINK, "");
      if (text.trim() === "") throw new Error(says("nothing to see", row));
      if (RAW.test(text)) throw new Error(says("raw", row));
      const widest = Math.max(Bun.stringWidth(row), Bun.stringWidth(text), cellsOneByOne(text));
      if (widest > cells) throw new Error(says(`${widest} cells of ${cells}`, row));
      if (colors === 0 && row.match(SGR)) throw new Error(says("colours without colours", row));
      if (!links && row.match(LINK)) throw new Error(says("a link without links", row));
      if (row.match(SGR) && !row.endsWith("\x1b[0m")) throw new Error(says("colours leak", row));
      if (
        (row.match(LINK)?.length ?? 0) > 0 &&
        row.lastIndexOf("\x1b]8;;\x1b\\") < row.lastIndexOf("\x1b]8;;http")
      )
        throw new Error(says("a link leaks", row));
    }
  });
});

test("the same holds for any valid configuration", () => {
  forAll(Math.floor(ROUNDS / 3), (random) => {
    const read = readConfig(JSON.stringify(randomConfig(random)));
    if ("errors" in read) throw new Error(JSON.stringify(read.errors));
    const context = { ...hostileContext(random), config: read.config };
    for (const row of drawLine(context, () => 0).rows) {
      const text = row.replace(SGR, "").replace(LINK, "");
      if (text.trim() === "" || RAW.test(text)) throw new Error(JSON.stringify(row));
      expect(Math.max(Bun.stringWidth(row), cellsOneByOne(text)), row).toBeLessThanOrEqual(
        context.terminal.cells,
      );
    }
  });
});

test("cut prose is its start and an ellipsis, of at least 8 cells; names and paths keep their end", () => {
  const seen = { prose: 0, names: 0 };
  forAll(Math.min(ROUNDS, 300), (random) => {
    const context = hostileContext(random);
    const ellipsis = icon(context.config.icons, "ellipsis");
    const wide = drawLine({ ...context, terminal: { ...context.terminal, cells: 100_000 } }, () => 0);
    drawLine(context, () => 0).outcomes.forEach(({ placed }, index) => {
      if (placed?.placement !== "shortened") return;
      const whole = wide.outcomes[index]?.placed?.spans ?? [];
      if (whole.length !== placed.spans.length) return;
      placed.spans.forEach((span, at) => {
        const before = whole[at]?.text ?? "";
        if (span.text === before) return;
        if (span.cut === "end") {
          seen.prose += 1;
          expect(span.text).toEndWith(ellipsis);
          expect(before).toStartWith(span.text.slice(0, -ellipsis.length));
        } else {
          seen.names += 1;
          expect(before.at(-1)).toBe(span.text.at(-1));
        }
        expect(cells(before)).toBeGreaterThan(8);
      });
    });
  });
  expect(seen.prose).toBeGreaterThan(10);
  expect(seen.names).toBeGreaterThan(10);
});

test("explaining any of these lines names every configured segment and never fails", () => {
  forAll(Math.min(ROUNDS, 1000), (random) => {
    const context = hostileContext(random);
    const explanations = explainLine(context, () => 0);
    const configured = context.config.rows.flatMap((row) => [...row.left, ...(row.right ?? [])]);
    // An error of the configuration is reported even where no segment is configured for it.
    if (context.configError !== undefined && !configured.includes("health")) configured.push("health");
    expect(
      explanations
        .slice(0, configured.length)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(configured.sort());
  });
});

test("the same context always draws the same line", () => {
  forAll(50, (random) => {
    const context = hostileContext(random);
    const copy = structuredClone({ ...context, localTime: undefined });
    expect(drawLine({ ...copy, localTime: context.localTime }, () => 0).rows).toEqual(
      drawLine(context, () => 0).rows,
    );
  });
});
