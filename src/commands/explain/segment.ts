/** `plimsoll explain NAME`: one segment in full, also where the line does not have it. */
import { printable } from "../../cli/characters.ts";
import { withRunnable } from "../../cli/runnable.ts";
import type { Context } from "../../line/context.ts";
import { type Explanation, explainAlone } from "../../line/explain.ts";
import { ago } from "../../line/look/format.ts";
import { resolveOptions } from "../../line/options.ts";
import type { Segment } from "../../line/segment.ts";
import { levelsText, segmentNamed } from "../segment-name.ts";
import { cutCells, foldCells, type TextStyle } from "../text-style.ts";

/**
 * @param name as typed: "cache", "command:weather"; "command" means each configured command
 * @returns the segments of this name in the line, or one that is not in the line
 * @throws UsageError for an unknown segment
 */
export function explanationsOf(
  name: string,
  segments: readonly Explanation[],
  context: Context,
): Explanation[] {
  const segment = segmentNamed(name);
  const isNamed = (each: Explanation) => each.name === name || each.name.split(":")[0] === name;
  const configured = segments.filter((each) => each.form !== "not configured" && isNamed(each));
  if (configured.length > 0) return configured;
  const isComplete = segment.argument === undefined || name.includes(":");
  const listed = segments.find((each) => each.form === "not configured" && isNamed(each));
  const alone = isComplete ? explainAlone(context, name) : undefined;
  return [alone ?? listed].flatMap((each) => (each ? [{ ...each, form: "not configured" }] : []));
}

/** @returns the lines about a segment: what it shows, its source and age, its options in effect */
export function describeExplanation(each: Explanation, context: Context, style: TextStyle): string[] {
  const segment = segmentNamed(each.name.split(":")[0] as string);
  const rows: [string, string | undefined][] = [
    ["shows", segment.about],
    ["line", stateOf(each, segment)],
    ["from", each.source],
    ["gathered", each.gatheredAt === undefined ? undefined : ago(context.now - each.gatheredAt)],
    ...settingsOf(each, segment, context),
  ];
  const labels = Math.max(...rows.map(([label]) => label.length));
  const indent = " ".repeat(labels + 4);
  const drawn = style.colored ? each.drawn : each.text;
  return [
    `${printable(each.name)}  ${cutCells(drawn ?? "", style.width - each.name.length - 2)}`.trimEnd(),
    ...rows.flatMap(([label, text]) => {
      if (text === undefined) return [];
      const [first = "", ...rest] = foldCells(printable(withRunnable(text)), style.width - indent.length);
      return [`  ${label.padEnd(labels)}  ${first}`, ...rest.map((line) => indent + line)];
    }),
  ];
}

/** Whether the line has it, and why not. */
function stateOf({ form, row, text, reason }: Explanation, segment: Segment): string {
  const why = reason === undefined ? "" : `; ${reason}`;
  if (form === "not configured") {
    const add = "not in the configured rows; 'plimsoll config edit' adds it";
    return text === undefined ? `${add}. Absent: ${reason ?? segment.absent}` : `${add}${why}`;
  }
  if (form === "absent") return `absent from row ${row}: ${reason ?? segment.absent}`;
  if (form === "dropped") return `no room in row ${row}${why}`;
  return `in row ${row}${form === "full" ? "" : `, ${form} for lack of room`}${why}`;
}

/** Priority, levels and options, as they are in effect. */
function settingsOf({ name }: Explanation, segment: Segment, { config }: Context): [string, string][] {
  const own = config.segments[name] ?? config.segments[segment.name];
  const values: Readonly<Record<string, unknown>> = resolveOptions(segment.options, segment.levels, own);
  const mark = (isDefault: boolean) => (isDefault ? "" : ", configured");
  const { levels } = segment;
  const options = Object.entries(segment.options ?? {}).map(([key, option]): [string, string] => {
    const choices = "choices" in option && option.choices ? ` (${option.choices.join(", ")})` : "";
    return [
      key,
      `${JSON.stringify(values[key])}${mark(values[key] === option.default)}: ${option.about}${choices}`,
    ];
  });
  return [
    ["priority", `${own?.priority ?? segment.priority}${mark(own?.priority === undefined)}`],
    ...(levels
      ? [
          [
            "levels",
            `${levelsText(values.levels as [number, number], levels)}${mark(own?.levels === undefined)}`,
          ] as [string, string],
        ]
      : []),
    ...options,
  ];
}
