/** The configured line in a sample session, drawn in this process. */

import { CommandError } from "../cli/errors.ts";
import { reportError } from "../cli/output.ts";
import { type Config, DEFAULT_CONFIG } from "../config/config.ts";
import { formatErrors, readConfig } from "../config-file/read.ts";
import { readTerminal } from "../display/terminal.ts";
import type { Terminal } from "../line/context.ts";
import { renderLine } from "../line/layout/line.ts";
import { onGround } from "../line/look/ground.ts";
import { type SampleName, sampleContext } from "../line/samples.ts";
import { configPath } from "../state/paths.ts";
import { loadConfigText } from "./config/file.ts";
import { knownGround, type PreviewGround } from "./preview-ground.ts";

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

/**
 * @param columns the terminal's width; undefined: that of stdout
 * @param ground what stands behind the rows; default: as known without asking the terminal
 * @returns the rows, on the theme's own background if the terminal's is another one or unknown
 */
export function sampleRows(
  name: SampleName,
  config: Config,
  columns?: number,
  ground: PreviewGround = knownGround(),
): string[] {
  const terminal = { ...sampleTerminal(config, columns), ...ground };
  return renderLine(sampleContext(name, terminal, config)).map((row) =>
    onGround(row, config.theme, terminal),
  );
}

/** @param columns the width; undefined: that of stdout */
export function sampleTerminal(config: Config, columns?: number): Terminal {
  const width = columns ?? (process.stdout.isTTY ? process.stdout.columns : undefined);
  const { rows: _, ...terminal } = readTerminal(
    { ...process.env, ...(width === undefined ? {} : { COLUMNS: String(width) }) },
    config,
  );
  return terminal;
}
