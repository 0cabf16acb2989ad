/** Adding and removing the line: read, decide, then write under a lock if the file is unchanged since. */
import type { StatePaths } from "../state/paths.ts";
import { applyOptions, type Change, type KeptLine, type SetupOptions, withoutOurs } from "./change.ts";
import { textOfTarget } from "./document.ts";
import { SetupError } from "./errors.ts";
import { dropRecord, isAsWritten, readRecord, type SetupRecord } from "./record.ts";
import { lockIfPossible, requireLock, requireStore } from "./store.ts";
import { readTarget, type SettingsTarget } from "./target.ts";
import { restoreSettings, type WriteResult, writeSettings } from "./write.ts";

/** Interaction with the user. */
export interface Dialogue {
  /** Called before anything is changed. */
  show(change: Change, target: SettingsTarget): void;
  /** Whether to replace lines that are not ours. Absent without a terminal. */
  mayReplace?(kept: readonly KeptLine[]): boolean;
}

export interface SetupOutcome extends WriteResult {
  /**
   * - written, removed: the file was changed, or with `dryRun` would have been
   * - unchanged: there was nothing to do
   * - kept: a line that is not ours was kept
   */
  readonly kind: "written" | "removed" | "unchanged" | "kept";
  readonly target: SettingsTarget;
  readonly kept: readonly KeptLine[];
  /** The file was created by us and is now removed. */
  readonly gone?: boolean;
}

export interface SetupRequest {
  /** The settings file, as Claude Code names it. */
  readonly path: string;
  /** Undefined without a state directory. */
  readonly paths: StatePaths | undefined;
  readonly dryRun: boolean;
}

/** Retries after another process changed the file. */
const MAX_ATTEMPTS = 20;

/**
 * Add our line to a settings file.
 * @throws SetupError; the file is unchanged
 */
export async function setUp(
  request: SetupRequest,
  options: SetupOptions,
  dialogue: Dialogue,
): Promise<SetupOutcome> {
  /** The lines the user agreed to replace; other lines need another answer. */
  let agreed: string | undefined;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const target = readTarget(request.path);
    const text = textOfTarget(target);
    let change = applyOptions(text, options);
    if (isForeign(change) && dialogue.mayReplace && !request.dryRun) {
      const lines = JSON.stringify(change.kept);
      const replaced = applyOptions(text, { ...options, replace: true });
      dialogue.show(replaced, target);
      if (agreed === lines || dialogue.mayReplace(change.kept)) {
        agreed = lines;
        change = replaced;
      }
    } else if (!isForeign(change) && change.edits.length > 0) dialogue.show(change, target);
    const { kept } = change;
    if (isForeign(change)) return { kind: "kept", target, kept };
    if (change.edits.length === 0) return { kind: "unchanged", target, kept };
    if (request.dryRun) return { kind: "written", target, kept };
    const paths = requireStore(request.paths);
    using _ = await requireLock(paths);
    const original = originalOf(target, text, readRecord(paths, target.file));
    const result = writeSettings(paths, target, Buffer.from(change.text), original);
    if (result) return { kind: "written", target, kept, ...result };
  }
  throw keepsChanging(request.path);
}

/**
 * Remove our line from a settings file, and restore what it replaced.
 * @throws SetupError; the file is unchanged
 */
export async function remove(request: SetupRequest, dialogue: Dialogue): Promise<SetupOutcome> {
  const { paths } = request;
  // With neither a line nor a record, do not create a state directory just for the lock.
  const first = planRemoval(request);
  if (first.change.edits.length === 0 && !first.record)
    return { kind: "unchanged", target: first.target, kept: [] };
  using _ = request.dryRun ? undefined : await lockIfPossible(paths);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { target, record, bytes, change } = planRemoval(request);
    if (change.edits.length === 0) {
      if (paths && record && !request.dryRun) dropRecord(paths, target.file);
      return { kind: "unchanged", target, kept: [] };
    }
    dialogue.show(change, target);
    if (request.dryRun) return { kind: "removed", target, kept: [] };
    const result = restoreSettings(paths, target, bytes, record);
    if (!result) continue;
    if (paths) dropRecord(paths, target.file);
    return { kind: "removed", target, kept: [], gone: bytes === undefined, ...result };
  }
  throw keepsChanging(request.path);
}

/** @returns the file after removal; `bytes` is undefined when the file is to go */
function planRemoval({ path, paths }: SetupRequest) {
  const target = readTarget(path);
  const record = paths && readRecord(paths, target.file);
  if (record && isAsWritten(record, target)) {
    const before = decode(target.found?.bytes);
    const after = decode(record.original);
    const change = withoutOurs(before, after);
    const whole: Change = { text: after, edits: [{ before, after }], kept: [] };
    return { target, record, bytes: record.original, change: change.edits.length === 0 ? change : whole };
  }
  const change = withoutOurs(textOfTarget(target), decode(record?.original));
  return { target, record, bytes: Buffer.from(change.text), change };
}

/** @returns what `remove` would make of the present file: it must restore the same after our change */
function originalOf(
  target: SettingsTarget,
  text: string,
  record: SetupRecord | undefined,
): Uint8Array | undefined {
  if (!target.found) return undefined;
  if (record && isAsWritten(record, target)) return record.original;
  const change = withoutOurs(text, decode(record?.original));
  return change.edits.length === 0 ? target.found.bytes : Buffer.from(change.text);
}

const isForeign = ({ kept }: Change): boolean => kept.some(({ kind }) => kind === "foreign");

const decode = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? "" : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

const keepsChanging = (path: string) =>
  new SetupError("busy", `another process keeps changing ${path}`, "try again");
