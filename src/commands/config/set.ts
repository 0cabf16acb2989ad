import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../../cli/errors.ts";
import { nearest } from "../../cli/nearest.ts";
import type { ParsedOptions } from "../../cli/options.ts";
import { printLine } from "../../cli/output.ts";
import { withRunnable } from "../../cli/runnable.ts";
import { keyHelp, keyList } from "../../config-file/key-help.ts";
import { formatErrors, readConfig } from "../../config-file/read.ts";
import { CONFIG_KEYS } from "../../config-file/schema.ts";
import { formatPath, parsePath } from "../../json-text/path.ts";
import type { Path } from "../../json-text/tree.ts";
import { findSegment } from "../../line/segments/index.ts";
import {
  changeConfigText,
  leaveConfigRows,
  loadConfigText,
  requireConfigPath,
  saveConfigText,
} from "./file.ts";
import { showChanged } from "./shown.ts";
import { whileChanging } from "./store.ts";

export const configSet: Command = {
  name: "config set",
  usage: ["KEY VALUE", "preset NAME [--rows]"],
  about: "Change one value of the configuration and nothing else",
  details: `
KEY is a path: theme, bar.cells, segments.context.levels, rows[0][1], prices["my-model"].input. Without VALUE its
possible values are listed. VALUE is JSON, else a string.

Comments, order and layout of the file are kept. Nothing is written unless the changed configuration is valid; the
previous one is kept as config.json.bak. On a terminal the changed line is drawn.

A preset brings its rows: rows that equal another preset's are removed from the file. Your own rows stay, unless you
pass --rows.

  plimsoll config set theme fjord-dark
  plimsoll config set segments.context.levels '[60, 80]'

Exit codes: 0; 1 when the configuration would be invalid, as with an unknown KEY or VALUE; 2 when KEY is not a path or
VALUE is missing; 74 when it cannot be written; 75 when another process is changing it.`,
  operands: [CONFIG_KEYS],
  options: [{ long: ["rows"], about: "With a preset: remove your own rows from the file" }],
  run: async (options) => {
    const { steps, value, path } = readChange(options);
    const { report, ownRows } = await whileChanging(path, () =>
      setInFile(path, steps, value, options.has("rows")),
    );
    printLine(report);
    if (ownRows)
      printLine(
        withRunnable(
          `your own rows stay; 'plimsoll config set preset ${printable(value)} --rows' takes the preset's`,
        ),
      );
    showChanged(steps);
    return EXIT.ok;
  },
};

interface SetOutcome {
  /** What was written, for the user. */
  readonly report: string;
  /** The file has rows of its own, which are used instead of the preset's. */
  readonly ownRows: boolean;
}

/**
 * @param takeRows with a preset: remove the user's own rows
 * @throws CommandError; the file is unchanged
 */
function setInFile(path: string, steps: Path, value: string, takeRows: boolean): SetOutcome {
  const text = loadConfigText(path) ?? "";
  const hint = segmentHint(steps, text);
  if (hint !== undefined)
    throw new CommandError(`nothing was written: unknown setting '${printable(formatPath(steps))}'`, {
      hint,
    });
  const before = readConfig(text);
  if (
    "errors" in before &&
    before.errors.some((error) => error.path === "" && /not JSON/.test(error.message))
  )
    throw new CommandError(`${printable(path)}: ${printable(formatErrors(before.errors))}`, {
      hint: "fix it first: nothing was written",
    });
  const changed = withTypedValue(path, text, steps, value);
  if (!isPreset(steps)) return { report: saveConfigText(path, changed), ownRows: false };
  const left = leaveConfigRows(path, changed, takeRows);
  return { report: saveConfigText(path, left.text), ownRows: left.ownRows };
}

interface ConfigChange {
  readonly steps: Path;
  readonly value: string;
  /** Of the configuration. */
  readonly path: string;
}

const isPreset = (steps: Path): boolean => steps.length === 1 && steps[0] === "preset";

/** @throws UsageError, with the keys or values to choose from; CommandError */
function readChange(options: ParsedOptions): ConfigChange {
  const [key, value, more] = options.operands;
  if (key === undefined)
    throw new UsageError(
      "'config set' takes a key and a value",
      `keys: ${keyList()}; 'plimsoll config set KEY' lists the values of one`,
    );
  if (more !== undefined)
    throw new UsageError(`unexpected argument '${printable(more)}'`, "quote a value that contains spaces");
  const steps = parsePath(key);
  if (!steps)
    throw new UsageError(`invalid key '${printable(key)}'`, "expected a path like segments.context.levels");
  if (options.has("rows") && !isPreset(steps)) throw new UsageError("--rows requires the key 'preset'");
  const path = requireConfigPath();
  if (value === undefined) throw missingValue(key, steps, loadConfigText(path) ?? "");
  return { steps, value, path };
}

function missingValue(key: string, steps: Path, text: string): UsageError {
  const help = keyHelp(steps, text);
  if (help !== undefined) return new UsageError(`'config set ${printable(key)}' needs a value`, help);
  const guess = nearest(key, CONFIG_KEYS);
  return new UsageError(
    `unknown setting '${printable(key)}'`,
    segmentHint(steps, text) ?? (guess ? `did you mean '${guess}'?` : `keys: ${keyList()}`),
  );
}

/** @returns the full path for a key that begins with a segment: "did you mean 'segments.clock.hours'?" */
function segmentHint(steps: Path, text: string): string | undefined {
  const [first] = steps;
  if (typeof first !== "string" || CONFIG_KEYS.includes(first) || !findSegment(first)) return undefined;
  const full = ["segments", ...steps];
  return steps.length > 1
    ? `did you mean '${printable(formatPath(full))}'?`
    : `did you mean a setting of 'segments.${first}'? ${keyHelp(full, text) ?? ""}`.trim();
}

/**
 * @returns the text with a value as it was typed: JSON, else a string; a string too where JSON is invalid, as for 24
 *   among "24" and "12"
 */
function withTypedValue(path: string, text: string, steps: Path, typed: string): string {
  const value = parseValue(typed);
  const changed = changeConfigText(path, text, steps, value);
  if (!["number", "boolean"].includes(typeof value) || "config" in readConfig(changed)) return changed;
  const asString = changeConfigText(path, text, steps, typed);
  return "config" in readConfig(asString) ? asString : changed;
}

function parseValue(text: string): unknown {
  try {
    return Bun.JSONC.parse(text);
  } catch {
    // A string, as in `config set theme fjord-dark`.
    return text;
  }
}
