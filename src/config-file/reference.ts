/** The reference of the configuration as Markdown, generated from its JSON Schema. */
import { jsonSchema } from "./schema.ts";

/** The keywords of JSON Schema (2020-12) that the reference shows. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly prefixItems?: readonly Schema[];
  readonly items?: Schema | false;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly deprecated?: boolean;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * Two tables: the settings of the file, then those of single segments.
 * @returns Markdown without a final newline
 */
export function configReference(): string {
  const { segments, ...config } = (jsonSchema() as Schema).properties ?? {};
  const ofSegments = Object.entries(segments?.properties ?? {});
  // Each segment has its own default: 'plimsoll segments NAME' prints it.
  const priority = ofSegments[0]?.[1].properties?.priority ?? {};
  return [
    ...table(
      "Setting",
      Object.entries(config).flatMap(([name, schema]) => rows(name, schema)),
    ),
    "",
    ...table("Setting of a segment", [
      ...rows("segments.NAME.priority", { ...priority, default: undefined }),
      ...ofSegments.flatMap(([name, { properties: { priority: _, ...own } = {} }]) =>
        Object.entries(own).flatMap(([option, schema]) => rows(`segments.${name}.${option}`, schema)),
      ),
    ]),
  ].join("\n");
}

/** A setting's row, and those of the settings below it. */
function rows(path: string, schema: Schema): string[][] {
  const { properties = {}, additionalProperties } = schema;
  const named = Object.entries(properties).flatMap(([name, below]) => rows(`${path}.${name}`, below));
  // Members that differ only in their name (a colour of each role) are one row.
  if (named.length > 2 && new Set(named.map(([, ...cells]) => cells.join())).size === 1) {
    const names = Object.keys(properties).map((name) => `\`${name}\``);
    const member = { ...Object.values(properties)[0], ...pick(schema.description) };
    return [row(`${path}.*`, member, `: ${names.join(" ")}`)];
  }
  const any = typeof additionalProperties === "object" ? rows(`${path}.NAME`, additionalProperties) : [];
  const below = [...named, ...any];
  return schema.description === undefined && below.length > 0 ? below : [row(path, schema), ...below];
}

const pick = (description: string | undefined) => (description === undefined ? {} : { description });

const row = (path: string, schema: Schema, more = ""): string[] => [
  `\`${path}\``,
  values(schema),
  schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``,
  `${schema.description ?? ""}${more}`,
];

function values(schema: Schema): string {
  const { type, minimum, maximum, prefixItems, pattern } = schema;
  const anyOf = schema.anyOf?.filter(({ deprecated }) => !deprecated);
  if (anyOf?.[0]?.enum) return values(anyOf[0]);
  if (schema.enum) return schema.enum.map((each) => `\`${each}\``).join(" ");
  if (anyOf) return anyOf.some((each) => each.pattern?.includes("ms")) ? 'time: `"5s"`, `"10m"`, or ms' : "";
  if (pattern?.startsWith("^#")) return '`"#8fc7ff"`';
  if (prefixItems) return `[${prefixItems.map((each) => each.type).join(", ")}]`;
  if (type === "object") return "object";
  const range = minimum !== undefined && maximum !== undefined ? ` ${minimum} to ${maximum}` : "";
  return `${type === "boolean" ? "`true` `false`" : type === "array" ? "list" : type}${range}`;
}

function table(what: string, body: readonly string[][]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line([what, "Values", "Default", "Meaning"]), "|---|---|---|---|", ...body.map(line)];
}
