/** The JSON Schema beside the configuration, for editors of JSON. */
import { dirname, join } from "node:path";
import { printable } from "../../cli/characters.ts";
import { jsonSchema } from "../../config-file/schema.ts";
import { ioError, replaceBeside } from "./store.ts";

const NAME = "config.schema.json";

/** Its path as the configuration names it. */
export const SCHEMA_PATH = `./${NAME}`;

/**
 * Write it beside the configuration.
 * @param path of the configuration
 * @throws CommandError when it cannot be written
 */
export function writeSchema(path: string): void {
  const schema = join(dirname(path), NAME);
  try {
    replaceBeside(schema, `${JSON.stringify(jsonSchema(), null, 2)}\n`);
  } catch (error) {
    throw ioError(`cannot write ${printable(schema)}`, error);
  }
}
