/** `plimsoll explain`: the segments of the line in its order, one line each, then what is absent and why. */
import { printable } from "../../cli/characters.ts";
import { withRunnable } from "../../cli/runnable.ts";
import type { ExplainedRender, PartExplanation, RenderFacts } from "../../display/explain.ts";
import type { Explanation } from "../../line/explain.ts";
import { age, ago } from "../../line/look/format.ts";
import { abbreviateHome } from "../../line/segments/directory.ts";
import { cutCells, foldCells, padCells, type TextStyle } from "../text-style.ts";

/** What to print besides the segments of the line. */
export interface OverviewOptions {
  /** Times in ms, the terminal, the gathered parts. */
  readonly timing: boolean;
  /** The segments that are not configured. */
  readonly all: boolean;
  /** What the session's model costs. */
  readonly price?: string | undefined;
}

const COLORS = { 0: "no colour", 16: "16 colours", 256: "256 colours", 16777216: "24-bit colour" } as const;

/** With fewer cells beside a segment, its source is left out. */
const MIN_SOURCE = 12;

/** @returns the lines of the overview; those of the segments are cut at the style's width, the others wrapped */
export function overview(render: ExplainedRender, options: OverviewOptions, style: TextStyle): string[] {
  const { facts, context } = render;
  const isShown = ({ form }: Explanation) =>
    !["absent", "dropped", "unknown", "not configured"].includes(form);
  const shown = facts.segments.filter(isShown);
  const noRoom = facts.segments.filter(({ form }) => form === "dropped");
  const absent = facts.segments.filter(
    ({ name, form, brief }) =>
      form === "unknown" || (form === "absent" && !(name === "health" && brief !== undefined)),
  );
  const others = facts.segments.filter(({ form }) => form === "not configured");
  return [
    ...heading(render, style),
    ...(options.timing ? foldCells(terminalFacts(facts), style.width) : []),
    "",
    ...shownLines(shown, context.now, options.timing, style),
    ...(shown.length > 0 ? [""] : []),
    ...list(
      "no room",
      noRoom.map(({ name }) => name),
      style,
    ),
    ...list("absent", absent.map(absentItem), style),
    ...(options.all
      ? list(
          "not configured",
          others.map(({ name }) => name),
          style,
        )
      : []),
    ...labelled("theme", facts.theme, style),
    ...labelled("price of a million tokens", options.price, style),
    ...passLines(facts, options.timing, style),
  ];
}

/** Which payload is explained, and what is wrong with it or with the configuration. */
export function heading({ facts, context, source }: ExplainedRender, style: TextStyle): string[] {
  const { cwd } = context.payload;
  const place = cwd === undefined ? "" : `, ${abbreviateHome(cwd, context.home)}`;
  const last = source.kind === "last session" && `last session, ${ago(context.now - source.at)}${place}`;
  const none = source.kind === "no session" ? facts.payloadError : `no payload: ${facts.payloadError}`;
  const first = last || (facts.payloadError === undefined ? `payload on stdin${place}` : none);
  return [
    ...foldCells(printable(first ?? ""), style.width),
    ...labelled("configuration", facts.settingsError, style).map(style.paint.red),
  ];
}

function terminalFacts({ cells, colors, links, background, readMs, drawMs }: RenderFacts): string {
  const times = `read in ${readMs.toFixed(1)} ms, drawn in ${drawMs.toFixed(1)} ms`;
  return `${cells} cells, ${COLORS[colors]}, links ${links ? "on" : "off"}, background ${background}; ${times}`;
}

function shownLines(shown: readonly Explanation[], now: number, timing: boolean, style: TextStyle): string[] {
  const rows = shown.map((each) => ({
    name: printable(each.name),
    ms: timing ? ` ${(each.ms ?? 0).toFixed(2).padStart(6)} ms` : "",
    drawn: style.colored ? (each.drawn ?? "") : Bun.stripANSI(each.drawn ?? ""),
    source: (room: number) => sourceOf(each, now, room),
    trouble: each.reason,
  }));
  const names = Math.max(0, ...rows.map(({ name, ms }) => Bun.stringWidth(name + ms)));
  const most = Math.max(0, ...rows.map(({ drawn }) => Bun.stringWidth(drawn)));
  const room = style.width - names - 2;
  // A wide segment takes the place of its source, not of the others' sources.
  const column = Math.min(most, Math.max(24, Math.floor(room * 0.45)));
  return rows.flatMap(({ name, ms, drawn, source, trouble }) => {
    const text = padCells(cutCells(drawn, room), column);
    const left = room - Bun.stringWidth(text) - 2;
    const beside = left < MIN_SOURCE ? "" : `  ${style.paint.dim(source(left))}`;
    const line = `${padCells(name, names - ms.length)}${style.paint.dim(ms)}  ${text}${beside}`;
    const indent = " ".repeat(names + 2);
    const below = trouble === undefined ? [] : foldCells(printable(trouble), style.width - indent.length);
    return [line.trimEnd(), ...below.map((each) => indent + style.paint.red(each))];
  });
}

/** Where a segment comes from, cut to its room, how old it is, and whether it lacks room in its row. */
function sourceOf({ source, form, gatheredAt }: Explanation, now: number, room: number): string {
  const old = gatheredAt === undefined ? "" : `, ${ago(now - gatheredAt)}`;
  const from = printable(`${form === "full" ? "" : `[${form}] `}${source}`);
  return cutCells(from, Math.max(1, room - old.length)) + old;
}

/** No break inside a short item. */
const NO_BREAK = "\u00a0";

function absentItem({ name, brief, reason = "" }: Explanation): string {
  return brief === undefined
    ? `${name}${NO_BREAK}(${reason})`
    : `${name} (${brief})`.replaceAll(" ", NO_BREAK);
}

function list(label: string, items: readonly string[], style: TextStyle): string[] {
  return items.length === 0 ? [] : labelled(label, items.join(", "), style);
}

function labelled(label: string, text: string | undefined, { width }: TextStyle): string[] {
  if (text === undefined) return [];
  const [first = "", ...rest] = foldCells(printable(withRunnable(`${label}: ${text}`)), width - 2);
  return [first, ...rest.map((line) => `  ${line}`)].map((line) => line.replaceAll(NO_BREAK, " "));
}

/** Background passes: only trouble, unless all times are asked for. */
function passLines({ parts, gatherDue, backOff }: RenderFacts, timing: boolean, style: TextStyle): string[] {
  const waiting = backOff && `backing off after ${backOff.failures} failures`;
  if (!timing) return labelled("background pass", waiting, style);
  return [
    ...labelled(
      "background pass",
      [gatherDue ? "due" : "not due", waiting].filter(Boolean).join(", "),
      style,
    ),
    parts.length === 0 ? "state: none yet" : "state:",
    ...parts.flatMap((part) => foldCells(partLine(part), style.width - 4).map((line) => `  ${line}`)),
  ];
}

function partLine({ scope, name, ageMs, tookMs, error }: PartExplanation): string {
  const old = ageMs === undefined ? "no value yet" : `${age(ageMs)} old`;
  const failure = error === undefined ? "" : `, failed: ${error}`;
  return printable(`${scope} ${name}: ${old}, took ${Math.round(tookMs)} ms${failure}`);
}
