/** Mending what the checks found and what is ours to mend, in their order. */
import type { Result } from "./examine.ts";

/** One thing that was done, or could not be. */
export interface Act {
  readonly check: string;
  readonly act: string;
}

/** @returns the findings that `mend` would do something about */
export const fixableOf = (results: readonly Result[]): Result[] => results.filter((result) => fixOf(result));

/**
 * @param onAct told of each act as it is done
 * @returns all of them
 */
export async function mend(results: readonly Result[], onAct: (act: Act) => void): Promise<Act[]> {
  const acts: Act[] = [];
  for (const result of results) {
    const say = (act: string) => {
      acts.push({ check: result.check, act });
      onAct({ check: result.check, act });
    };
    try {
      await fixOf(result)?.(say);
    } catch (error) {
      // The others can still be mended; this one is found again by the second look.
      say(`not mended: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return acts;
}

const fixOf = (result: Result) => (result.level === "good" ? undefined : result.fix);
