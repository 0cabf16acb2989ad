/**
 * Plain text to man(7). Non-ASCII characters, and characters that roff typesets, are escaped by name: the output is the
 * same in all formatters and locales, and can be pasted into a shell.
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

/** @returns literal text, on one line, also safe in a macro's quoted argument */
export function escaped(text: string): string {
  const named = text.replace(/[…\\\-'"`^~]/g, (sign) => SIGNS[sign] as string);
  const ascii = named.replace(
    /[^\x20-\x7e]/gu,
    (sign) => `\\[u${(sign.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}]`,
  );
  return ascii.startsWith(".") ? `\\&${ascii}` : ascii;
}

/** @returns running text, in source lines of at most 79 characters where words allow */
export function filled(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = `${lines.at(-1)} ${escaped(word)}`;
    if (lines.length > 0 && longer.length < 80) lines[lines.length - 1] = longer;
    else lines.push(escaped(word));
  }
  return lines.join("\n");
}

/** @returns bold text, for a line or a heading */
export const bold = (text: string): string => `\\fB${escaped(text)}\\fR`;

/** @returns a list of terms and meanings */
export const definitions = (rows: readonly (readonly [term: string, meaning: string])[]): string[] =>
  rows.flatMap(([term, meaning]) => [".TP", bold(term), filled(meaning)]);

/** @returns an indented block, without the lines' common indentation */
export function literal(lines: readonly string[]): string {
  const indentation = Math.min(...lines.map((line) => line.search(/\S/)));
  return [".PP", ".RS 4", ".nf", ...lines.map((line) => escaped(line.slice(indentation))), ".fi", ".RE"].join(
    "\n",
  );
}

/**
 * A command's help text. Lines are refilled, except tables of a term and its meaning (two columns, two spaces apart) and
 * indented examples.
 */
export function prose(text: string): string {
  const blocks = text.split(/\n\s*\n/).map((paragraph) => group(paragraph.split("\n")).map(block).join("\n"));
  return blocks.join("\n.PP\n");
}

/**
 * @param lines requests and text
 * @returns the page, without redundant breaks, which formatters warn about: after a heading or a break, or before a list
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

type BlockKind = "filled" | "definition" | "literal";

const DEFINITION = /^ *(\S+) {2,}(\S.*)$/;

const kindOf = (line: string): BlockKind =>
  DEFINITION.test(line) ? "definition" : line.startsWith("  ") ? "literal" : "filled";

/** Group adjacent lines of one kind. */
function group(lines: readonly string[]): { kind: BlockKind; lines: string[] }[] {
  const groups: { kind: BlockKind; lines: string[] }[] = [];
  for (const line of lines) {
    const kind = kindOf(line);
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  return groups;
}

function block({ kind, lines }: { kind: BlockKind; lines: readonly string[] }): string {
  if (kind === "filled") return filled(lines.join(" "));
  if (kind === "literal") return literal(lines);
  const rows = lines.map((line) => (DEFINITION.exec(line) as RegExpExecArray).slice(1) as [string, string]);
  return definitions(rows).join("\n");
}
