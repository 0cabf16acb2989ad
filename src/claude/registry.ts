/**
 * Claude Code's own registry of its processes: `<directory>/sessions/<pid>.json` (Claude Code 2.1.330), each entry
 * verified against the process that has its pid now.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isLegacyAlive, type LookupCache, lookUp, verify } from "../os/identity.ts";
import { readSmallText } from "../os/io/file.ts";
import { count, field, instant, type Json, text } from "./json.ts";

/**
 * - live: the process runs
 * - stopped: by SIGSTOP or a debugger
 * - ghost: the process has ended, and its entry is left
 * - unknown: the process is not visible (another pid namespace, /proc with hidepid)
 */
export type SessionLiveness = "live" | "stopped" | "ghost" | "unknown";

export interface RegistryEntry {
  readonly file: string;
  readonly pid: number;
  /** The start of the process as recorded by the client: on Linux the clock ticks of /proc/PID/stat. */
  readonly start?: string;
  readonly sessionId?: string;
  readonly cwd?: string;
  readonly name?: string;
  /** The client's status: "idle", "busy" … */
  readonly status?: string;
  /** Unix milliseconds. */
  readonly startedAt?: number;
  readonly liveness: SessionLiveness;
}

const ENTRY_LIMIT = 64 * 1024;

/** Limit of entries to read. */
const MOST_ENTRIES = 1000;

/**
 * Every entry of the registry of `claudeDir`, verified. Invalid entries are skipped.
 * @param now Unix milliseconds
 * @param cache lookups of this pass
 */
export function readRegistry(claudeDir: string, now: number, cache: LookupCache): RegistryEntry[] {
  const folder = join(claudeDir, "sessions");
  const entries: RegistryEntry[] = [];
  for (const name of list(folder).slice(0, MOST_ENTRIES)) {
    const entry = parseEntry(join(folder, name));
    if (entry) entries.push({ ...entry, liveness: livenessOf(entry, now, cache) });
  }
  return entries;
}

type Unverified = Omit<RegistryEntry, "liveness">;

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

function livenessOf({ pid, start, startedAt }: Unverified, now: number, cache: LookupCache): SessionLiveness {
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
