/** The configured line in a sample session, drawn in this process. */

import { reportError } from "../cli/output.ts";
import type { Config } from "../config/config.ts";
import { readConfigText } from "../config-file/file.ts";
import { formatError, readConfig } from "../config-file/read.ts";
import { readTerminal } from "../display/terminal.ts";
import type { Context } from "../line/context.ts";
import { renderLine } from "../line/layout/line.ts";
import { type SampleName, sampleContext } from "../line/samples.ts";
import { configPath } from "../state/paths.ts";

/** The configured settings. What is wrong, or cannot be read, is told of, and not used. */
export function configuredConfig(): Config {
  const path = configPath(process.env);
  if (path === undefined) return emptyConfig();
  const read = readConfig(readable(path) ?? "");
  if (!("errors" in read)) return read.config;
  reportError(`${path}: ${read.errors.map(formatError).join("; ")}`);
  return emptyConfig();
}

function readable(path: string): string | undefined {
  try {
    return readConfigText(path);
  } catch (error) {
    reportError(`cannot read ${path}: ${(error as Error).message}`);
    return undefined;
  }
}

/** @param columns the terminal's width; undefined: that of stdout */
export const sampleRows = (name: SampleName, config: Config, columns?: number): string[] =>
  renderLine(sampleContext(name, terminalOf(config, columns), config));

function terminalOf(config: Config, columns: number | undefined): Context["terminal"] {
  const width = columns ?? (process.stdout.isTTY ? process.stdout.columns : undefined);
  const { rows: _, ...terminal } = readTerminal(
    { ...process.env, ...(width === undefined ? {} : { COLUMNS: String(width) }) },
    config,
  );
  return terminal;
}

function emptyConfig(): Config {
  const read = readConfig("");
  if ("errors" in read) throw new Error("the empty configuration is wrong");
  return read.config;
}
