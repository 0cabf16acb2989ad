/** The text of the configuration file. Apart from load.ts, so that a render does not load `node:fs`. */
import { readRegularFile } from "../os/io/regular-file.ts";
import { CONFIG_LIMIT } from "./load.ts";

/** @throws Error when the file cannot be read, is not a regular file, or is larger than CONFIG_LIMIT */
export const readConfigText = (path: string): string =>
  new TextDecoder().decode(readRegularFile(path, { limit: CONFIG_LIMIT }).bytes);
