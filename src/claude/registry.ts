/**
 * Claude Code's registry of its processes: `<directory>/sessions/<pid>.json` (Claude Code 2.1.330). Each entry is
 * verified against the process that has the pid now.
 */
import { join } from "node:path";
import { isLegacyAlive, type LookupCache, lookUp, verify } from "../os/identity.ts";
import { entryNames } from "../os/io/entries.ts";
import { readSmallText } from "../os/io/file.ts";
import { count, field, instant, type Json, parseJson, text } from "./json.ts";

/**
 * - live: the process runs
 * - stopped: by SIGSTOP or a debugger
 * - ghost: it has exited and left its entry
 * - unknown: not visible from here (another pid namespace, /proc with hidepid)
 */
export type SessionLiveness = "live" | "stopped" | "ghost" | "unknown";

export interface RegistryEntry {
  readonly file: string;
  readonly pid: number;
  /** The process start as the client recorded it: on Linux the ticks of /proc/PID/stat. */
  readonly start?: string;
  readonly sessionId?: string;
  readonly cwd?: string;
  readonly name?: string;
  /** The client's activity: "idle", "busy" … */
  readonly status?: string;
  /** Unix milliseconds. */
  readonly startedAt?: number;
  readonly liveness: SessionLiveness;
}

const ENTRY_LIMIT = 64 * 1024;

/** Far more than a machine has sessions. */
const MOST_ENTRIES = 1000;

/**
 * Read and verify the registry of `claudeDir`; older clients have none. Invalid entries are skipped.
 * @param now Unix milliseconds
 * @param cache process look-ups of this pass
 */
export function readRegistry(claudeDir: string, now: number, cache: LookupCache): RegistryEntry[] {
  const folder = join(claudeDir, "sessions");
  const entries: RegistryEntry[] = [];
  const names = entryNames(folder).filter((name) => /^\d+\.json$/.test(name));
  for (const name of names.slice(0, MOST_ENTRIES)) {
    const entry = parseEntry(join(folder, name));
    if (entry) entries.push({ ...entry, liveness: livenessOf(entry, now, cache) });
  }
  return entries;
}

type Unverified = Omit<RegistryEntry, "liveness">;

function parseEntry(file: string): Unverified | undefined {
  // Invalid while the client is writing it: the next pass retries.
  const json = parseJson(readSmallText(file, { limit: ENTRY_LIMIT }));
  const pid = count(field(json, "pid"));
  if (pid === undefined || pid <= 0) return undefined;
  const start = field(json, "procStart");
  const startedAt = instant(field(json, "startedAt"));
  return {
    file,
    pid,
    ...(typeof start === "string" || typeof start === "number" ? { start: String(start) } : {}),
    ...textFields(json, ["sessionId", "cwd", "name", "status"]),
    ...(startedAt === undefined ? {} : { startedAt }),
  };
}

function textFields<Name extends string>(json: Json, names: readonly Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = text(field(json, name), 1024);
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
