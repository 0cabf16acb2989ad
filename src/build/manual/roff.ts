/**
 * Plain text to man(7). Everything outside ASCII, and every sign that roff typesets, is named, so that it reads the same
 * in each formatter and locale, and can be pasted back into a shell.
 */

const SIGNS: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  '"': "\\(dq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  "…": "...",
};

/** @returns text that roff sets as it is, on one line, safe also within a macro's quoted argument */
export function escaped(text: string): string {
  const named = text.replace(/[…\\\-'"`^~]/g, (sign) => SIGNS[sign] as string);
  const ascii = named.replace(
    /[^\x20-\x7e]/gu,
    (sign) => `\\[u${(sign.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}]`,
  );
  return ascii.startsWith(".") ? `\\&${ascii}` : ascii;
}

/** @returns running text, as source lines of at most 79 characters where words allow: longer ones are frowned upon */
export function filled(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = `${lines.at(-1)} ${escaped(word)}`;
    if (lines.length > 0 && longer.length < 80) lines[lines.length - 1] = longer;
    else lines.push(escaped(word));
  }
  return lines.join("\n");
}

/** @returns text in bold, to stand in a line or a heading */
export const bold = (text: string): string => `\\fB${escaped(text)}\\fR`;

/** @returns a list of terms and what they mean */
export const definitions = (rows: readonly (readonly [term: string, meaning: string])[]): string[] =>
  rows.flatMap(([term, meaning]) => [".TP", bold(term), filled(meaning)]);

/** @returns lines as they are, set off; their common indentation is left out */
export function literal(lines: readonly string[]): string {
  const indentation = Math.min(...lines.map((line) => line.search(/\S/)));
  return [".PP", ".RS 4", ".nf", ...lines.map((line) => escaped(line.slice(indentation))), ".fi", ".RE"].join(
    "\n",
  );
}

/**
 * A command's own text, wrapped by hand and read by eye: lines are filled anew, but for tables of a term and its meaning
 * (two columns, two spaces apart) and for indented lines, which are examples.
 */
export function prose(text: string): string {
  const blocks = text.split(/\n\s*\n/).map((paragraph) => group(paragraph.split("\n")).map(block).join("\n"));
  return blocks.join("\n.PP\n");
}

/**
 * @param lines requests and text
 * @returns the page, without breaks that follow a heading or another break, or that a list begins with anyhow:
 *   formatters complain of those
 */
export function page(lines: readonly string[]): string {
  const separate = lines.flatMap((each) => each.split("\n"));
  const isBreak = (line: string | undefined) => line === ".PP" || line === ".br";
  const isHeading = (line: string | undefined) => /^\.S[HS] /.test(line ?? "");
  const needed = separate.filter((line, at) => {
    const [before, after] = [separate[at - 1], separate[at + 1]];
    return !isBreak(line) || !(isBreak(before) || isHeading(before) || after === ".TP");
  });
  return `${needed.join("\n")}\n`;
}

type Kind = "filled" | "definition" | "literal";

const DEFINITION = /^ *(\S+) {2,}(\S.*)$/;

const kindOf = (line: string): Kind =>
  DEFINITION.test(line) ? "definition" : line.startsWith("  ") ? "literal" : "filled";

/** Neighbouring lines of one kind. */
function group(lines: readonly string[]): { kind: Kind; lines: string[] }[] {
  const groups: { kind: Kind; lines: string[] }[] = [];
  for (const line of lines) {
    const kind = kindOf(line);
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  return groups;
}

function block({ kind, lines }: { kind: Kind; lines: readonly string[] }): string {
  if (kind === "filled") return filled(lines.join(" "));
  if (kind === "literal") return literal(lines);
  const rows = lines.map((line) => (DEFINITION.exec(line) as RegExpExecArray).slice(1) as [string, string]);
  return definitions(rows).join("\n");
}
