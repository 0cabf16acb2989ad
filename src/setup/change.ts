/** Settings text → settings text: pure, as a list of contiguous edits. */
import { isObject } from "../claude/json.ts";
import { type LineKey, type OurCommand, readOurCommand } from "../claude/line-command.ts";
import { removeMember, setText, setValue } from "../json-text/edit.ts";
import { KEYS, settingOf, settingText } from "./document.ts";

/** The requested content of the settings. */
export interface SetupOptions {
  /** Without `subagents`, the command for `subagentStatusLine` only updates an existing line of ours. */
  readonly commands: Readonly<Record<LineKey, string>>;
  readonly subagents: boolean;
  /** `refreshInterval` in seconds; absent: keep the present value. */
  readonly refresh?: number;
  /** `padding` in columns; absent: keep the present value. */
  readonly padding?: number;
  /** Replace other programs' lines, and lines of ours that the user customised. */
  readonly replace: boolean;
}

/** One contiguous edit. */
export interface Edit {
  readonly before: string;
  readonly after: string;
}

/** A line that was kept, for lack of `replace`. */
export interface KeptLine {
  readonly key: LineKey;
  /** foreign: another program's. customised: ours, with something before or after it. */
  readonly kind: "foreign" | "customised";
  /** Its command, or its JSON text. */
  readonly shown: string;
}

export interface Change {
  readonly text: string;
  readonly edits: readonly Edit[];
  readonly kept: readonly KeptLine[];
}

const DEFAULT_REFRESH_SECONDS = 10;

/** One member per line, as Claude Code writes its settings. */
const EXPANDED = { objects: "expanded" } as const;

/**
 * Add or update our lines.
 * @param text checked by `textOfTarget`
 */
export function applyOptions(text: string, options: SetupOptions): Change {
  let current = text;
  const edits: Edit[] = [];
  const kept: KeptLine[] = [];
  for (const key of KEYS) {
    const value = settingOf(current, key);
    const ours = ourCommand(value, key);
    if (!ours && key === "subagentStatusLine" && !options.subagents) continue;
    const foreign = value !== undefined && !ours;
    if (ours && !ours.plain && !options.replace) kept.push(keptLine(key, "customised", current));
    if (foreign && !options.replace) {
      kept.push(keptLine(key, "foreign", current));
      continue;
    }
    const updates = ours ? updatesOf(value, key, ours, options) : ([[[key], newLine(key, options)]] as const);
    for (const [path, to] of updates) {
      const after = setValue(current, path, to, EXPANDED) as string;
      edits.push({ before: current, after });
      current = after;
    }
  }
  return { text: current, edits, kept };
}

/**
 * Remove our lines.
 * @param original the text before our first change: a foreign line in it is restored
 */
export function withoutOurs(text: string, original = ""): Change {
  let current = text;
  const edits: Edit[] = [];
  for (const key of KEYS) {
    if (!ourCommand(settingOf(current, key), key)) continue;
    const foreign = ourCommand(settingOf(original, key), key) ? undefined : settingText(original, key);
    const after = (
      foreign === undefined ? removeMember(current, [key]) : setText(current, [key], foreign)
    ) as string;
    edits.push({ before: current, after });
    current = after;
  }
  return { text: current, edits, kept: [] };
}

/** @returns undefined for a missing value, or one that is not ours */
function ourCommand(value: unknown, key: LineKey): OurCommand | undefined {
  return isObject(value) && typeof value.command === "string"
    ? readOurCommand(value.command, key)
    : undefined;
}

const newLine = (
  key: LineKey,
  { commands, refresh = DEFAULT_REFRESH_SECONDS, padding }: SetupOptions,
): object => ({
  type: "command",
  command: commands[key],
  ...(key === "statusLine" && padding !== undefined ? { padding } : {}),
  ...(key === "statusLine" ? { refreshInterval: refresh } : {}),
});

/** The members of our line that change; its other members stay. */
function updatesOf(
  value: unknown,
  key: LineKey,
  ours: OurCommand,
  options: SetupOptions,
): (readonly [readonly string[], unknown])[] {
  const line = value as Record<string, unknown>;
  const wanted = options.commands[key];
  const isCurrent = ours.plain ? ours.program === readOurCommand(wanted, key)?.program : !options.replace;
  const { refresh, padding } = key === "statusLine" ? options : {};
  const all = [
    ["type", "command"],
    ["command", isCurrent ? line.command : wanted],
    ["padding", padding ?? line.padding],
    ["refreshInterval", refresh ?? line.refreshInterval],
  ] as const;
  return all.filter(([name, to]) => line[name] !== to).map(([name, to]) => [[key, name], to] as const);
}

function keptLine(key: LineKey, kind: KeptLine["kind"], text: string): KeptLine {
  const value = settingOf(text, key);
  const command = isObject(value) ? value.command : undefined;
  return { key, kind, shown: typeof command === "string" ? command : (settingText(text, key) ?? "") };
}
