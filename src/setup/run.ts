/** Setting up and removing: read, decide, and write under a lock what is still as it was read. */
import type { StatePaths } from "../state/paths.ts";
import { lockIfPossible, requireLock, requireStore } from "./access.ts";
import { applyOptions, type Change, type Kept, type SetupOptions, withoutOurs } from "./change.ts";
import { textOfTarget } from "./document.ts";
import { SetupError } from "./errors.ts";
import { type Put, putBack, putOurs } from "./put.ts";
import { dropRecord, isAsWritten, readRecord, type SetupRecord } from "./record.ts";
import { readTarget, type Target } from "./target.ts";

/** What the person is told and asked on the way. */
export interface Dialogue {
  /** What will be changed; told before anything is. */
  show(change: Change, target: Target): void;
  /** Whether a line that is not ours may be replaced. Only asked where somebody can answer. */
  mayReplace?(kept: readonly Kept[]): boolean;
}

/** How it ended. */
export interface Outcome extends Put {
  /**
   * - written, removed: the file was changed, or with `dryRun` would have been
   * - unchanged: there was nothing to do
   * - kept: a line that is not ours stays
   */
  readonly kind: "written" | "removed" | "unchanged" | "kept";
  readonly target: Target;
  readonly kept: readonly Kept[];
  /** Removed: the file was all ours, and went. */
  readonly gone?: boolean;
}

export interface Request {
  /** The settings file, as Claude Code names it. */
  readonly path: string;
  /** Undefined where there is no place for state. */
  readonly paths: StatePaths | undefined;
  readonly dryRun: boolean;
}

/** Somebody who changes the file this often between reading and writing will do it again. */
const ATTEMPTS = 20;

/**
 * Put our line into a settings file.
 * @throws SetupError; the file is then as it was
 */
export async function setUp(request: Request, wish: SetupOptions, dialogue: Dialogue): Promise<Outcome> {
  /** The lines that the person gave up; a line that was put there since is asked for again. */
  let agreed: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const target = readTarget(request.path);
    const text = textOfTarget(target);
    let change = applyOptions(text, wish);
    if (isForeign(change) && dialogue.mayReplace && !request.dryRun) {
      const lines = JSON.stringify(change.kept);
      const replaced = applyOptions(text, { ...wish, replace: true });
      dialogue.show(replaced, target);
      if (agreed === lines || dialogue.mayReplace(change.kept)) {
        agreed = lines;
        change = replaced;
      }
    } else if (!isForeign(change) && change.steps.length > 0) dialogue.show(change, target);
    const { kept } = change;
    if (isForeign(change)) return { kind: "kept", target, kept };
    if (change.steps.length === 0) return { kind: "unchanged", target, kept };
    if (request.dryRun) return { kind: "written", target, kept };
    const paths = requireStore(request.paths);
    using _ = await requireLock(paths);
    const original = originalOf(target, text, readRecord(paths, target.file));
    const put = putOurs(paths, target, Buffer.from(change.text), original);
    if (put) return { kind: "written", target, kept, ...put };
  }
  throw keepsChanging(request.path);
}

/**
 * Take our line out of a settings file, and give back what was there.
 * @throws SetupError; the file is then as it was
 */
export async function remove(request: Request, dialogue: Dialogue): Promise<Outcome> {
  const { paths } = request;
  // Without a line or a record there is nothing to guard either, and no state directory to be made for a lock.
  const { taken, record, target } = plan(request);
  if (taken.steps.length === 0 && !record) return { kind: "unchanged", target, kept: [] };
  using _ = request.dryRun ? undefined : await lockIfPossible(paths);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { target, record, bytes, taken } = plan(request);
    if (taken.steps.length === 0) {
      if (paths && record && !request.dryRun) dropRecord(paths, target.file);
      return { kind: "unchanged", target, kept: [] };
    }
    dialogue.show(taken, target);
    if (request.dryRun) return { kind: "removed", target, kept: [] };
    const put = putBack(paths, target, bytes, record);
    if (!put) continue;
    if (paths) dropRecord(paths, target.file);
    return { kind: "removed", target, kept: [], gone: bytes === undefined, ...put };
  }
  throw keepsChanging(request.path);
}

/** What a removal would make of the file as it is now; no bytes: there was no file before ours. */
function plan({ path, paths }: Request) {
  const target = readTarget(path);
  const record = paths && readRecord(paths, target.file);
  if (record && isAsWritten(record, target)) {
    const text = decode(target.found?.bytes);
    const taken = withoutOurs(text, decode(record.original));
    const bytes = record.original;
    return { target, record, bytes, taken: taken.steps.length === 0 ? taken : whole(text, decode(bytes)) };
  }
  const taken = withoutOurs(textOfTarget(target), decode(record?.original));
  return { target, record, bytes: Buffer.from(taken.text), taken };
}

/** What `remove` would make of the file as it is now: that is what it is to make of it after the change, too. */
function originalOf(target: Target, text: string, record: SetupRecord | undefined): Uint8Array | undefined {
  if (!target.found) return undefined;
  if (record && isAsWritten(record, target)) return record.original;
  const taken = withoutOurs(text, decode(record?.original));
  return taken.steps.length === 0 ? target.found.bytes : Buffer.from(taken.text);
}

const isForeign = ({ kept }: Change): boolean => kept.some(({ kind }) => kind === "foreign");

const decode = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? "" : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

const whole = (before: string, after: string): Change => ({
  text: after,
  steps: [{ before, after }],
  kept: [],
});

const keepsChanging = (path: string) =>
  new SetupError(
    "busy",
    `${path} is changed by somebody else all the time`,
    "try again; nothing was changed",
  );
