/** Options that a view of `plimsoll usage` does not apply are an error: its figures would be those of everything. */
import { UsageError } from "../../cli/errors.ts";
import type { ParsedOptions } from "../../cli/options.ts";

/** The options that the overview does not apply, and a command that does. */
const NOT_IN_OVERVIEW = {
  since: "daily --since …",
  until: "daily --until …",
  project: "daily --project …",
  model: "daily --model …",
  order: "daily --order …",
  breakdown: "daily --breakdown",
  active: "blocks --active",
  recent: "blocks --recent",
  format: "export --format …",
} as const;

/** @throws UsageError, with a command to use instead, for an option that the overview does not apply */
export function checkOverviewOptions(options: Pick<ParsedOptions, "has">): void {
  for (const [name, command] of Object.entries(NOT_IN_OVERVIEW))
    if (options.has(name))
      throw new UsageError(
        `the overview does not apply --${name}`,
        `name a report that does: 'plimsoll usage ${command}'`,
      );
}
