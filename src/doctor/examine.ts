/** All checks, one after the other, and what they found. */
import { bad, type Check, type CheckContext, type Finding, note } from "./check.ts";
import { placeProblem } from "./state-place.ts";

/** One thing that a check found. */
export type Result = { readonly check: string } & Finding;

export interface Examination {
  /** Nothing is bad. */
  readonly ok: boolean;
  readonly results: readonly Result[];
}

/** A check that has not answered by then is given up. Milliseconds. */
const PATIENCE_MS = 8_000;

/** One after the other: the replay of a render is timed, and is not to share the machine with the others. */
export async function examine(
  checks: readonly Check[],
  surroundings: CheckContext,
  patienceMs = PATIENCE_MS,
): Promise<Examination> {
  const results: Result[] = [];
  const passedOver = checks.filter(
    ({ needsState }) => needsState && placeProblem(surroundings.paths.root) !== undefined,
  );
  for (const check of checks.filter((each) => !passedOver.includes(each)))
    for (const finding of await findings(check, surroundings, patienceMs))
      results.push({ check: check.name, ...finding });
  if (passedOver.length > 0)
    results.push({
      check: "state",
      ...note(`not looked into for ${passedOver.map(({ name }) => name).join(", ")}`),
    });
  return { ok: results.every(({ level }) => level !== "bad"), results };
}

/** A check that cannot be made is a finding too: it must not keep the others from being made. */
async function findings(
  check: Check,
  surroundings: CheckContext,
  patienceMs: number,
): Promise<readonly Finding[]> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer after ${patienceMs / 1000} s`)), patienceMs);
  });
  try {
    const found = await Promise.race([check.run(surroundings), late]);
    return "level" in found ? [found] : found;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [
      bad(`cannot be checked: ${message}`, {
        hint: "try again; if it stays, report it with the output of 'plimsoll doctor --json'",
      }),
    ];
  } finally {
    clearTimeout(timer);
  }
}
