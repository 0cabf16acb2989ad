/** The command line of `plimsoll usage`. */

import { projectSlug } from "../../claude/project-path.ts";
import { UsageError } from "../../cli/errors.ts";
import { nearest } from "../../cli/nearest.ts";
import type { OptionSpec, ParsedOptions } from "../../cli/options.ts";
import { type CostMode, namedZone, type Zone } from "../../ledger/index.ts";
import { shortModel } from "../../usage/format.ts";
import { type Query, VIEWS } from "../../usage/query.ts";
import { checkOverviewOptions } from "./view-options.ts";

const ORDERS = ["asc", "desc"] as const;
const MODES = ["auto", "calculate", "display"] as const satisfies readonly CostMode[];
const FORMATS = ["jsonl", "csv"] as const;

export const USAGE_OPTIONS: readonly OptionSpec[] = [
  { long: ["json"], short: ["j"], about: "Print JSON, compatible with ccusage" },
  { long: ["csv"], about: "Print CSV, safe to open in a spreadsheet" },
  { long: ["since"], short: ["s"], value: "DATE", about: "Start at this local day: 2026-11-21 or 20261121" },
  { long: ["until"], short: ["u"], value: "DATE", about: "End with this local day" },
  {
    long: ["timezone"],
    short: ["z"],
    value: "ZONE",
    about: "Use days of this time zone, such as Europe/Berlin; default: local",
  },
  {
    long: ["project"],
    short: ["p"],
    value: "PROJECT",
    about: "Only this project: its path, folder name or slug",
  },
  { long: ["model"], value: "MODEL", about: "Only this model" },
  {
    long: ["order"],
    short: ["o"],
    value: "asc|desc",
    completion: ORDERS,
    about: "Sort by time, ascending by default; sessions: by cost unless given",
  },
  { long: ["breakdown"], short: ["b"], about: "Add a line per model" },
  {
    long: ["mode"],
    short: ["m"],
    value: "MODE",
    completion: MODES,
    about: "Cost: auto (default), calculate (from tokens) or display (costUSD of old transcripts)",
  },
  { long: ["active"], short: ["a"], about: "blocks: only the active one" },
  { long: ["recent"], short: ["r"], about: "blocks: only the last three days" },
  { long: ["format"], value: "jsonl|csv", completion: FORMATS, about: "export: the format (default: jsonl)" },
  {
    long: ["offline"],
    short: ["O"],
    about: "Ignored, for compatibility with ccusage: prices are never fetched",
  },
];

/** @throws UsageError for an unknown report, option value or time zone, or an invalid date */
export function readQuery(options: ParsedOptions): Query {
  const [word, extra] = options.operands;
  if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}'`, "name one report");
  const view = word === undefined ? "overview" : oneOf("report", word, VIEWS);
  if (view === "overview") checkOverviewOptions(options);
  if (options.has("json") && options.has("csv")) throw new UsageError("--json and --csv cannot be combined");
  const since = readDate(options, "since");
  const until = readDate(options, "until");
  if (since !== undefined && until !== undefined && since > until)
    throw new UsageError("--since is after --until");
  return {
    view,
    output: view === "export" ? exportFormat(options) : reportFormat(options),
    since,
    until,
    zone: readZone(options.get("timezone")),
    project: nonEmpty(options, "project"),
    model: nonEmpty(options, "model"),
    order: choice(options, "order", ORDERS),
    breakdown: options.has("breakdown"),
    mode: choice(options, "mode", MODES) ?? "auto",
    active: options.has("active"),
    recent: options.has("recent"),
  };
}

function reportFormat(options: ParsedOptions): Query["output"] {
  if (options.has("json")) return "json";
  return options.has("csv") ? "csv" : "table";
}

function exportFormat(options: ParsedOptions): Query["output"] {
  const format = choice(options, "format", FORMATS);
  return format === "csv" || (format === undefined && options.has("csv")) ? "csv" : "json";
}

function choice<Word extends string>(
  options: ParsedOptions,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const word = options.get(name);
  return word === undefined ? undefined : oneOf(name, word, words);
}

function oneOf<Word extends string>(what: string, word: string, words: readonly Word[]): Word {
  const found = words.find((each) => each === word);
  if (found !== undefined) return found;
  const guess = nearest(word, words);
  throw new UsageError(
    `unknown ${what} '${word}'`,
    guess === undefined ? `expected one of ${words.join(", ")}` : `did you mean '${guess}'?`,
  );
}

function nonEmpty(options: ParsedOptions, name: "project" | "model"): string | undefined {
  const text = options.get(name);
  if (text === "")
    throw new UsageError(`--${name}: the name is empty`, `leave out --${name} to report on all`);
  return text;
}

function readDate(options: ParsedOptions, name: "since" | "until"): number | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  const match = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(text);
  const [year, month, day] = (match ?? []).slice(1).map(Number) as [number, number, number];
  const at = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC accepts 30 February.
  if (!match || at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day)
    throw new UsageError(`--${name}: invalid date '${text}'`, "expected 2026-11-21 or 20261121");
  return at.getTime() / 86_400_000;
}

function readZone(name: string | undefined): Zone | undefined {
  if (name === undefined || name === "local") return undefined;
  const zone = namedZone(name);
  if (!zone)
    throw new UsageError(`unknown time zone '${name}'`, "expected a name such as UTC or Europe/Berlin");
  return zone;
}

/**
 * Find a project by its slug, its path, or the end of its path.
 * @param home for paths that begin with `~`, as reports show them
 * @throws UsageError if none or several match
 */
export function findProject(name: string, projects: readonly string[], home: string | undefined): string {
  const path = home !== undefined && /^~(?=\/|$)/.test(name) ? home + name.slice(1) : name;
  const slug = projectSlug(path.replace(/(?<=.)\/+$/, ""));
  const exact = [name, slug].find((each) => projects.includes(each));
  if (exact !== undefined) return exact;
  const found = projects.filter((project) => project === slug || project.endsWith(`-${slug}`));
  if (found.length === 1) return found[0] as string;
  if (found.length > 1)
    throw new UsageError(
      `--project: '${name}' is ambiguous: ${found.slice(0, 5).join(", ")}`,
      "give the full name",
    );
  const guess = nearest(name, projects) ?? projects.find((project) => project.includes(slug));
  throw new UsageError(
    `no project '${name}' in the ledger`,
    guess === undefined ? "'plimsoll usage' lists the most expensive projects" : `did you mean '${guess}'?`,
  );
}

/** Find a model by its name, with or without its date, or as reports print it. @throws UsageError for an unknown one */
export function findModel(name: string, models: readonly string[]): string {
  const found = models.includes(name)
    ? [name]
    : models.filter((model) => model.replace(/-\d{8}(-fast)?$/, "$1") === name || shortModel(model) === name);
  if (found.length === 1) return found[0] as string;
  if (found.length > 1)
    throw new UsageError(
      `--model: '${name}' is ambiguous: ${found.slice(0, 5).join(", ")}`,
      "give the full name",
    );
  const guess = nearest(name, models) ?? models.find((model) => model.includes(name));
  throw new UsageError(
    `no model '${name}' in the ledger`,
    guess === undefined ? `models: ${models.slice(0, 8).join(", ")}` : `did you mean '${guess}'?`,
  );
}
