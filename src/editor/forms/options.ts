/** The options of one segment, from the registry: its own, priority, levels, and the colours of its roles. */
import type { Config } from "../../config/config.ts";
import type { SegmentOption } from "../../line/options.ts";
import type { Segment } from "../../line/segment.ts";
import { findSegment } from "../../line/segments/index.ts";
import { baseOf } from "../document.ts";
import { renameSegment } from "../segment-text.ts";
import { type EditorState, open } from "../state.ts";
import { colorItems } from "./colors.ts";
import { type Item, namedChoices } from "./item.ts";
import { rolesOf } from "./roles.ts";

/** @param reference as in rows */
export function optionItems(state: EditorState, reference: string): Item[] {
  const found = findSegment(reference);
  if (!found) return [];
  const { segment, argument } = found;
  return [
    ...argumentItems(reference, segment, argument),
    ...Object.entries(segment.options ?? {}).map(([name, spec]) => optionItem(state, reference, name, spec)),
    ...levelItems(state, reference, segment),
    priorityItem(state, reference, segment),
    ...colorItems(state, rolesOf(reference, state.document.config), (role) => `colour ${role}`),
  ];
}

/** Settings are by name, or by the whole reference where there are some already. */
function keyOf({ segments }: Config, reference: string): string {
  return Object.hasOwn(segments, reference) ? reference : (findSegment(reference)?.segment.name ?? reference);
}

/** The present value of one of the segment's settings and the one without the user's setting. */
function valuesOf({ document }: EditorState, reference: string, name: string, fallback: unknown) {
  const key = keyOf(document.config, reference);
  const base = baseOf(document).segments[key]?.[name] ?? fallback;
  return { path: ["segments", key, name], base, value: document.config.segments[key]?.[name] ?? base };
}

function optionItem(state: EditorState, reference: string, name: string, spec: SegmentOption): Item {
  const { path, value, base } = valuesOf(state, reference, name, spec.default);
  const item = { label: name, about: spec.about, path, value, base };
  if (typeof spec.default === "boolean") {
    const word = (on: unknown) => (on === true ? "on" : "off");
    const choices = [true, false].map((on) => ({ value: on, label: word(on) }));
    return { ...item, shown: word(value), shownBase: word(base), edit: { kind: "choice", choices } };
  }
  const shown = { shown: String(value), shownBase: String(base) };
  if ("min" in spec)
    return { ...item, ...shown, edit: { kind: "number", min: spec.min, max: spec.max, step: 1 } };
  if ("choices" in spec && spec.choices)
    return { ...item, ...shown, edit: { kind: "choice", choices: namedChoices(spec.choices) } };
  return {
    ...item,
    shown: `"${value}"`,
    shownBase: `"${base}"`,
    edit: {
      kind: "typed",
      hint: "a text of at most 200 characters",
      text: String(value),
      read: (text) => ({ value: text }),
    },
  };
}

function priorityItem(state: EditorState, reference: string, { priority }: Segment): Item {
  const { path, value, base } = valuesOf(state, reference, "priority", priority);
  return {
    label: "priority",
    about: "Higher stays longer when a row is too long",
    path,
    value,
    base,
    shown: String(value),
    shownBase: String(base),
    edit: { kind: "number", min: 0, max: 100, step: 1 },
  };
}

/** Both levels are one setting. */
function levelItems(state: EditorState, reference: string, { levels }: Segment): Item[] {
  if (!levels) return [];
  const { path, value, base } = valuesOf(state, reference, "levels", [levels.warn, levels.critical]);
  const [present, byDefault] = [value as readonly number[], base as readonly number[]];
  const shown = (level: number | undefined) => (Number.isFinite(level) ? String(level) : "never");
  return (["warn", "critical"] as const).map((name, index) => ({
    label: `${name} level`,
    about: `Where the ${index === 0 ? "warning" : "critical"} level begins, in ${levels.unit}`,
    path,
    value: present[index],
    base: byDefault[index],
    shown: shown(present[index]),
    shownBase: shown(byDefault[index]),
    edit: {
      kind: "number",
      min: Number.NEGATIVE_INFINITY,
      max: Number.POSITIVE_INFINITY,
      step: levels.unit.includes("%") ? 5 : 1,
    },
    write: (level) => withLevel(present, index, Number(level)),
  }));
}

/** Both levels after a change of one. A segment without levels gets the other one at half or twice the value. */
function withLevel(present: readonly number[], index: number, level: number): readonly number[] {
  const other = present[1 - index];
  const pair = (fallback: number) => (Number.isFinite(other) ? Number(other) : fallback);
  return index === 0 ? [level, pair(level * 2)] : [pair(level / 2), level];
}

/** The text, or the command's output. */
function argumentItems(reference: string, { name }: Segment, argument: string): Item[] {
  if (name === "text")
    return [
      {
        label: "text",
        about: "What it shows",
        shown: `"${argument}"`,
        edit: {
          kind: "typed",
          hint: "a text",
          text: argument,
          read: (text) => (text === "" ? { error: "the text is missing" } : { value: `text:${text}` }),
        },
        set: (state, value) => renameSegment(state, reference, String(value)),
      },
    ];
  if (name !== "command") return [];
  return [
    {
      label: "command",
      about: "The program and its arguments, how often it runs, and for how long",
      shown: argument,
      edit: {
        kind: "open",
        open: (state) => open(state, { name: "form", form: { kind: "command", name: argument }, index: 0 }),
      },
    },
  ];
}
