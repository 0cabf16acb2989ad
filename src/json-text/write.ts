/** A value as JSON text in a given style. */
import type { Style } from "./style.ts";

const LINE_WIDTH = 110;

/**
 * What becomes of an object that fits on a line. "compact": it stands on one, as people write it by hand. "expanded":
 * each member has its own line, as programs write it.
 */
export type Objects = "compact" | "expanded";

/** @param indent of the line that the value begins on */
export function writeValue(value: unknown, indent: string, style: Style, objects: Objects): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const list = Array.isArray(value);
  const inner = indent + style.indent;
  const items = list
    ? value.map((item) => writeValue(item, inner, style, objects))
    : Object.entries(value).map(
        ([key, item]) =>
          `${JSON.stringify(key)}:${style.afterColon}${writeValue(item, inner, style, objects)}`,
      );
  const [open, close] = list ? ["[", "]"] : ["{", "}"];
  if (items.length === 0) return open + close;
  const padding = list ? "" : style.padding;
  const line = `${open}${padding}${items.join(`,${style.afterComma}`)}${padding}${close}`;
  const fits =
    objects === "compact" &&
    line.length + indent.length <= LINE_WIDTH &&
    !line.includes("\n") &&
    !items.some((item) => item.startsWith("["));
  if (style.oneLine || fits) return line;
  const end = style.lineEnd;
  return `${open}${end}${items.map((item) => inner + item).join(`,${end}`)}${end}${indent}${close}`;
}
