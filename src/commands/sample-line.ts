/** The configured line in a sample session, drawn in this process. */

import { CommandError } from "../cli/errors.ts";
import { reportError } from "../cli/output.ts";
import { type Config, DEFAULT_CONFIG } from "../config/config.ts";
import { formatErrors, readConfig } from "../config-file/read.ts";
import { readTerminal } from "../display/terminal.ts";
import type { Terminal } from "../line/context.ts";
import { renderLine } from "../line/layout/line.ts";
import { type SampleName, sampleContext } from "../line/samples.ts";
import { configPath } from "../state/paths.ts";
import { loadConfigText } from "./config/file.ts";

/** The user's configuration; the defaults for one with errors, which are reported. */
export function configuredConfig(): Config {
  const path = configPath(process.env);
  const text = path === undefined ? undefined : readable(path);
  if (text === undefined) return DEFAULT_CONFIG;
  const read = readConfig(text);
  if ("config" in read) return read.config;
  reportError(`${path}: ${formatErrors(read.errors)}`);
  return DEFAULT_CONFIG;
}

function readable(path: string): string | undefined {
  try {
    return loadConfigText(path);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    reportError(error.message);
    return undefined;
  }
}

/** @param columns the terminal's width; undefined: that of stdout */
export const sampleRows = (name: SampleName, config: Config, columns?: number): string[] =>
  renderLine(sampleContext(name, sampleTerminal(config, columns), config));

/** @param columns the width; undefined: that of stdout */
export function sampleTerminal(config: Config, columns?: number): Terminal {
  const width = columns ?? (process.stdout.isTTY ? process.stdout.columns : undefined);
  const { rows: _, ...terminal } = readTerminal(
    { ...process.env, ...(width === undefined ? {} : { COLUMNS: String(width) }) },
    config,
  );
  return terminal;
}
