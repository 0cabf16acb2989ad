/** Settings text → settings text: pure, and one contiguous edit at a time. */
import { isObject } from "../claude/json.ts";
import { type LineKey, type OurCommand, readOurCommand } from "../claude/line-command.ts";
import { removeMember, setText, setValue } from "../json-text/edit.ts";
import { KEYS, settingOf, settingText } from "./document.ts";

/** What the settings are to say. */
export interface SetupOptions {
  /** The commands; without `subagentStatusLine` it is not added, but brought up to date where it is ours. */
  readonly commands: Readonly<Record<LineKey, string>>;
  readonly subagents: boolean;
  /** `refreshInterval` in seconds, where it is wanted other than it is. */
  readonly refresh?: number;
  /** `padding` in columns, where it is wanted other than it is. */
  readonly padding?: number;
  /** Put ours in the place of what is not ours, or of ours that the user made more of. */
  readonly replace: boolean;
}

/** One contiguous edit. */
export interface Step {
  readonly before: string;
  readonly after: string;
}

/** A line that stays, because nobody said to replace it. */
export interface Kept {
  readonly key: LineKey;
  /** foreign: another program's. customised: ours, with something before or behind it. */
  readonly kind: "foreign" | "customised";
  /** Its command, or its JSON text. */
  readonly shown: string;
}

export interface Change {
  readonly text: string;
  readonly steps: readonly Step[];
  readonly kept: readonly Kept[];
}

const DEFAULT_REFRESH_SECONDS = 10;

/** Members on lines of their own, as Claude Code writes its settings. */
const EXPANDED = { objects: "expanded" } as const;

/** @param text checked by `textOfTarget` */
export function applyOptions(text: string, wish: SetupOptions): Change {
  let current = text;
  const steps: Step[] = [];
  const kept: Kept[] = [];
  for (const key of KEYS) {
    const value = settingOf(current, key);
    if (value === undefined && key === "subagentStatusLine" && !wish.subagents) continue;
    const ours = ourCommand(value, key);
    const foreign = value !== undefined && !ours;
    if (foreign && key === "subagentStatusLine" && !wish.subagents) continue;
    if (ours && !ours.plain && !wish.replace) kept.push(keep(key, "customised", current));
    if (foreign && !wish.replace) {
      kept.push(keep(key, "foreign", current));
      continue;
    }
    for (const [path, to] of ours ? updates(value, key, ours, wish) : [[[key], fresh(key, wish)] as const]) {
      const after = setValue(current, path, to, EXPANDED) as string;
      steps.push({ before: current, after });
      current = after;
    }
  }
  return { text: current, steps, kept };
}

/**
 * Take our lines out.
 * @param original the text before we first changed it: a foreign line that it had goes back to its place
 */
export function withoutOurs(text: string, original = ""): Change {
  let current = text;
  const steps: Step[] = [];
  for (const key of KEYS) {
    if (!ourCommand(settingOf(current, key), key)) continue;
    const foreign = ourCommand(settingOf(original, key), key) ? undefined : settingText(original, key);
    const after = foreign === undefined ? removeMember(current, [key]) : setText(current, [key], foreign);
    steps.push({ before: current, after: after as string });
    current = after as string;
  }
  return { text: current, steps, kept: [] };
}

/** @returns undefined for a value that is not ours, or not there */
function ourCommand(value: unknown, key: LineKey): OurCommand | undefined {
  return isObject(value) && typeof value.command === "string"
    ? readOurCommand(value.command, key)
    : undefined;
}

const fresh = (
  key: LineKey,
  { commands, refresh = DEFAULT_REFRESH_SECONDS, padding }: SetupOptions,
): object => ({
  type: "command",
  command: commands[key],
  ...(key === "statusLine" && padding !== undefined ? { padding } : {}),
  ...(key === "statusLine" ? { refreshInterval: refresh } : {}),
});

/** What of our line is to be other than it is; what it has besides stays. */
function updates(
  value: unknown,
  key: LineKey,
  ours: OurCommand,
  wish: SetupOptions,
): (readonly [readonly string[], unknown])[] {
  const line = value as Record<string, unknown>;
  const wanted = wish.commands[key];
  const settled = ours.plain ? ours.program === readOurCommand(wanted, key)?.program : !wish.replace;
  const { refresh, padding } = key === "statusLine" ? wish : {};
  const all = [
    ["type", "command"],
    ["command", settled ? line.command : wanted],
    ["padding", padding ?? line.padding],
    ["refreshInterval", refresh ?? line.refreshInterval],
  ] as const;
  return all.filter(([name, to]) => line[name] !== to).map(([name, to]) => [[key, name], to] as const);
}

const keep = (key: LineKey, kind: Kept["kind"], text: string): Kept => {
  const value = settingOf(text, key);
  const command = isObject(value) ? value.command : undefined;
  return { key, kind, shown: typeof command === "string" ? command : (settingText(text, key) ?? "") };
};
