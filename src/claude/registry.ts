/**
 * Claude Code's own registry of its processes: `<directory>/sessions/<pid>.json` (Claude Code 2.1.330), each entry
 * checked against the process that runs under its pid now. A file says who was; only the kernel says who is.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isLegacyAlive, type LookupCache, lookUp, verify } from "../os/identity.ts";
import { readSmallText } from "../os/io/file.ts";
import { count, field, instant, type Json, text } from "./json.ts";

/**
 * - live: the process runs
 * - stopped: it exists, and SIGSTOP or a debugger holds it
 * - ghost: it has ended, and left its entry behind
 * - unknown: it cannot be seen from here (another pid namespace, /proc with hidepid)
 */
export type Standing = "live" | "stopped" | "ghost" | "unknown";

export interface RegistryEntry {
  readonly file: string;
  readonly pid: number;
  /** The start of the process as the client noted it: on Linux the ticks of /proc/PID/stat. */
  readonly start?: string;
  readonly sessionId?: string;
  readonly cwd?: string;
  readonly name?: string;
  /** What the client says it does: "idle", "busy" … */
  readonly status?: string;
  /** Unix milliseconds. */
  readonly startedAt?: number;
  readonly standing: Standing;
}

const ENTRY_LIMIT = 64 * 1024;

/** More entries than a machine has sessions are not looked at. */
const MOST_ENTRIES = 1000;

/**
 * Every entry of the registry of `claudeDir`, verified. Entries that do not parse are left out.
 * @param now Unix milliseconds
 * @param cache look-ups of this pass
 */
export function readRegistry(claudeDir: string, now: number, cache: LookupCache): RegistryEntry[] {
  const folder = join(claudeDir, "sessions");
  const entries: RegistryEntry[] = [];
  for (const name of list(folder).slice(0, MOST_ENTRIES)) {
    const entry = parseEntry(join(folder, name));
    if (entry) entries.push({ ...entry, standing: standingOf(entry, now, cache) });
  }
  return entries;
}

type Unverified = Omit<RegistryEntry, "standing">;

function parseEntry(file: string): Unverified | undefined {
  const json = parse(readSmallText(file, { limit: ENTRY_LIMIT }));
  const pid = count(field(json, "pid"));
  if (pid === undefined || pid <= 0) return undefined;
  const start = field(json, "procStart");
  const startedAt = instant(field(json, "startedAt"));
  return {
    file,
    pid,
    ...(typeof start === "string" || typeof start === "number" ? { start: String(start) } : {}),
    ...fieldsOf(json, { sessionId: "sessionId", cwd: "cwd", name: "name", status: "status" }),
    ...(startedAt === undefined ? {} : { startedAt }),
  };
}

function fieldsOf<Name extends string>(json: Json, names: Readonly<Record<Name, string>>) {
  const found: Partial<Record<Name, string>> = {};
  for (const name in names) {
    const value = text(field(json, names[name]), 1024);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function standingOf({ pid, start, startedAt }: Unverified, now: number, cache: LookupCache): Standing {
  if (start === undefined) {
    const legacy = { pid, expectedName: "claude", recordedAtMs: startedAt ?? 0 };
    if (!isLegacyAlive(legacy, now, cache)) return "ghost";
  } else {
    const verdict = verify({ pid, start, bootId: "" }, cache);
    if (verdict !== "alive") return verdict === "dead" ? "ghost" : "unknown";
  }
  const found = lookUp(pid, cache);
  return found.kind === "found" && /^[Tt]$/.test(found.facts.state) ? "stopped" : "live";
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+\.json$/.test(name));
  } catch {
    // An older client, or one that never ran: it has no registry.
    return [];
  }
}

function parse(content: string | undefined): Json {
  try {
    return JSON.parse(content ?? "null");
  } catch {
    // The client is writing it just now: the next pass sees it.
    return undefined;
  }
}
