/**
 * The editor's screen: never more lines than the terminal has rows, each fits its columns. From top to bottom: title,
 * preview, the screen's own lines, what the cursor is on or what happened, and all keys.
 */
import { printable } from "../../cli/characters.ts";
import { cells } from "../../line/layout/cells.ts";
import type { Drawing } from "../../line/layout/line.ts";
import { close, type EditorState, isChanged, modeOf } from "../state.ts";
import { fieldBody, helpBody, installBody } from "./fields.ts";
import { footerLines } from "./footer.ts";
import { type Body, chooseBody, formBody, pickerBody } from "./lists.ts";
import { cut, type Paint, paintFor, wrapWords } from "./paint.ts";
import { drawPreview, previewTitle, type Screen } from "./preview.ts";
import { homeBody } from "./rows.ts";

export type { Screen } from "./preview.ts";

/** @returns the lines of the screen, escape codes included */
export function view(state: EditorState, screen: Screen): string[] {
  const paint = paintFor(screen.terminalOf(state.document.config).colors);
  const drawing = drawPreview(state, screen);
  const body = bodyOf(state, drawing, screen, paint);
  const parts = fit(
    {
      title: [titleLine(state, screen, paint)],
      rule: [rule(previewTitle(state), screen.columns, paint)],
      preview: drawing.rows.map((row) => `  ${row}`),
      head: body.head ?? [],
      about: aboutLines(state, body, screen, paint),
      footer: footerLines(state, screen.columns, paint),
    },
    body.lines.length,
    screen.rows,
  );
  const { room } = parts;
  const from = Math.max(
    0,
    Math.min(body.lines.length - room, body.top ?? body.cursor - Math.floor(room / 2)),
  );
  const shown = body.lines.slice(from, from + room).map((line, index) => body.draw?.(from + index) ?? line);
  const filler = Array.from({ length: Math.max(0, room - shown.length) }, () => "");
  const more = moreText(from, body.lines.length - from - shown.length);
  return [
    ...parts.title,
    ...parts.rule,
    ...parts.preview,
    ...(parts.rule.length > 0 ? [rule(body.legend ?? "", screen.columns, paint)] : []),
    ...parts.head,
    ...shown,
    ...filler,
    ...(parts.rule.length > 0 ? [rule(more, screen.columns, paint)] : []),
    ...parts.about,
    ...parts.footer,
  ]
    .slice(0, screen.rows)
    .map((line) => Bun.sliceAnsi(line, 0, screen.columns));
}

interface Parts {
  readonly title: readonly string[];
  readonly rule: readonly string[];
  readonly preview: readonly string[];
  readonly head: readonly string[];
  readonly about: readonly string[];
  readonly footer: readonly string[];
}

/** What is left out on a low screen, the least important first. */
const REDUCTIONS: readonly ((parts: Parts) => Parts)[] = [
  (parts) => ({ ...parts, about: parts.about.slice(0, 2) }),
  (parts) => ({ ...parts, about: parts.about.slice(0, 1) }),
  (parts) => ({ ...parts, preview: parts.preview.slice(0, 3) }),
  (parts) => ({ ...parts, head: parts.head.slice(0, 1) }),
  (parts) => ({ ...parts, footer: parts.footer.slice(0, 2) }),
  (parts) => ({ ...parts, rule: [] }),
  (parts) => ({ ...parts, preview: parts.preview.slice(0, 2) }),
  (parts) => ({ ...parts, title: [] }),
  (parts) => ({ ...parts, preview: parts.preview.slice(0, 1) }),
  (parts) => ({ ...parts, about: [] }),
  (parts) => ({ ...parts, preview: [] }),
  (parts) => ({ ...parts, footer: parts.footer.slice(0, 1) }),
  (parts) => ({ ...parts, head: [] }),
];

/** Lines of the screen's own that stay visible, if it has as many. */
const LEAST_ROOM = 4;

/** @returns the parts that fit, and the lines left for the screen's own */
function fit(parts: Parts, lines: number, rows: number): Parts & { readonly room: number } {
  const taken = ({ title, rule: lined, preview, head, about, footer }: Parts) =>
    title.length + 3 * lined.length + preview.length + head.length + about.length + footer.length;
  let kept = parts;
  for (const reduce of REDUCTIONS) {
    if (rows - taken(kept) >= Math.min(LEAST_ROOM, lines)) break;
    kept = reduce(kept);
  }
  return { ...kept, room: Math.max(0, rows - taken(kept)) };
}

function bodyOf(state: EditorState, drawing: Drawing, screen: Screen, paint: Paint): Body {
  const mode = modeOf(state);
  if (!mode) return homeBody(state, drawing, screen, paint);
  if (mode.name === "form") return formBody(state, screen, paint);
  if (mode.name === "picker") return pickerBody(state, drawing, screen, paint);
  if (mode.name === "choose") return chooseBody(state, drawing, screen, paint);
  if (mode.name === "input") return fieldBody(mode, screen.columns, paint);
  if (mode.name === "help") return helpBody(state, mode.scroll, screen, paint);
  if (mode.name === "install") return installBody(mode.plan, mode.scroll, screen, paint);
  return bodyOf(close(state), drawing, screen, paint);
}

function titleLine(state: EditorState, { path, columns }: Screen, paint: Paint): string {
  const status = isChanged(state) ? "changed" : state.fileExists ? "" : "new file";
  const room = columns - cells("Plimsoll") - cells(status) - 6;
  const file = cut(path, room);
  const gap = " ".repeat(Math.max(2, columns - cells("Plimsoll") - cells(file) - cells(status) - 4));
  return ` ${paint.bold("Plimsoll")}  ${paint.dim(file)}${gap}${paint.bold(status)}`;
}

/** A horizontal line with a text in it. */
function rule(text: string, columns: number, paint: Paint): string {
  const shown = text === "" ? "" : ` ${cut(text, columns - 8)} `;
  return paint.dim(`──${shown}${"─".repeat(Math.max(0, columns - 2 - cells(shown)))}`);
}

const moreText = (above: number, below: number): string =>
  [above > 0 ? `↑ ${above} more` : "", below > 0 ? `↓ ${below} more` : ""].filter(Boolean).join("  ");

/** The question, what happened last, or what the cursor is on. */
function aboutLines(state: EditorState, body: Body, { columns }: Screen, paint: Paint): string[] {
  const mode = modeOf(state);
  const width = Math.max(1, columns - 2);
  const lines = (text: string, look: (line: string) => string, most = 4) =>
    wrapWords(text, width)
      .slice(0, most)
      .map((line) => ` ${look(line)}`);
  if (mode?.name === "confirm") return lines(mode.question, paint.bold);
  const { message } = state;
  if (message) return lines(message.text, message.isError ? paint.error : paint.bold);
  return body.about === "" ? [""] : lines(printable(body.about), (line) => line, 2);
}
