/**
 * Names of models, however a provider spells them.
 *
 * The API, Bedrock (`us.anthropic.claude-sonnet-4-5-20250929-v1:0` or the ARN of an inference profile), Vertex AI
 * (`claude-sonnet-4-5@20250929`) and gateways (`anthropic/claude-sonnet-4.5`) name the same models. The rules are those
 * of Claude Code 2.1.331 for its own prices.
 */

export interface ModelName {
  /** As in price lists: `claude-sonnet-4-5`. For other vendors the name without date and `[1m]`. */
  readonly id: string;
  /** All of the name was recognized. `claude-opus-4-5-turbo` contains a known name and may be another model. */
  readonly exact: boolean;
  /** A Bedrock inference profile that keeps requests within a region. */
  readonly regional: boolean;
}

/** `claude-opus-4-5`, and in the older order `claude-3-5-haiku`. A date is not a minor version. */
const VERSION = String.raw`\d{1,2}(?!\d)(?:-\d{1,2}(?!\d))?`;
const MODEL = new RegExp(`claude-(?:[a-z]+-${VERSION}|${VERSION}-[a-z]+)`);
/** May follow the name of the same model: a date and the provider's revision. */
const REVISION = /^(?:-latest)?(?:-v\d{1,3}@\d{8}|[-@]\d{8})?(?:-v\d{1,3}(?::\d{1,3})?)?$/;
const BEDROCK = /^(?:([a-z-]+)\.)?anthropic\./;

const cache = new Map<string, ModelName>();

/** @param name as a transcript, a bill or the configuration has it */
export function modelName(name: string): ModelName {
  let found = cache.get(name);
  if (!found) {
    found = parse(name);
    // A transcript may hold any number of names.
    if (cache.size >= 1_000) cache.clear();
    cache.set(name, found);
  }
  return found;
}

function parse(name: string): ModelName {
  const plain = plainName(name);
  let rest = plain
    .trim()
    .toLowerCase()
    .replace(/(claude-(?:[a-z]+-)?\d{1,2})\.(?=\d)/, "$1-");
  rest = rest.slice(rest.lastIndexOf("/") + 1);
  const bedrock = BEDROCK.exec(rest);
  if (bedrock) rest = rest.slice(bedrock[0].length);
  const region = bedrock?.[1];
  const regional = region !== undefined && region !== "global";
  const model = MODEL.exec(rest);
  if (!model) return { id: plain, exact: true, regional };
  // The API's own alias: `claude-opus-4-0` is `claude-opus-4`.
  const id = model[0].replace(/(-\d+)-0$/, "$1");
  const exact = model.index === 0 && REVISION.test(rest.slice(model[0].length));
  return { id, exact, regional };
}

/** A name without the suffix for its context window or release date. */
export const plainName = (model: string): string => model.replace(/\[[12]m\]$/i, "").replace(/-\d{8}$/, "");
