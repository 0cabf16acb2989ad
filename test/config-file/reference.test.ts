/** The schema has the default of each setting: for editors, and for docs/configuration.md. */
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { configReference } from "../../src/config-file/reference.ts";
import { jsonSchema } from "../../src/config-file/schema.ts";
import { run, sandbox } from "../helpers/binary.ts";

interface Schema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** A configuration that writes out every default. */
function writtenOut({ default: byDefault, properties }: Schema): unknown {
  if (byDefault !== undefined) return byDefault;
  const members = Object.entries(properties ?? {})
    .map(([name, schema]) => [name, writtenOut(schema)] as const)
    .filter(([, value]) => value !== undefined);
  return members.length > 0 ? Object.fromEntries(members) : undefined;
}

test("a configuration of all defaults draws the same line as none", async () => {
  using box = sandbox();
  const draw = async (text: string) => {
    const path = box.path("config.json");
    writeFileSync(path, text);
    const env = { ...box.env, PLIMSOLL_CONFIG: path };
    const { code, stdout, stderr } = await run(["preview", "--width", "200", "--width", "60"], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  };
  const all = writtenOut(jsonSchema() as Schema) as Record<string, unknown>;
  expect(Object.keys(all)).toEqual(
    expect.arrayContaining(["preset", "style", "theme", "bar", "segments", "refresh", "billing"]),
  );
  expect(await draw(JSON.stringify(all))).toBe(await draw("{}"));
});

test("the reference names every setting, its values and its default", async () => {
  using box = sandbox();
  const { code, stdout } = await run(["config", "schema", "--markdown"], { env: box.env });
  expect(code).toBe(0);
  const rows = stdout.split("\n");
  for (const row of [
    '| `style` | `plain` `powerline` `capsule` | `"plain"` | How segments are joined |',
    '| `refresh.git` | time: `"5s"`, `"10m"`, or ms | `"5s"` |',
    "| `segments.context.levels` | [number, number] | `[70,85]` |",
  ])
    expect(rows.some((each) => each.startsWith(row))).toBe(true);
  for (const name of Object.keys((jsonSchema() as Schema).properties ?? {}))
    expect(stdout).toContain(`\`${name === "segments" ? "segments.NAME" : name}`);
});

test("the schema accepts the former names of presets, and the reference leaves them out", async () => {
  const { preset } = (jsonSchema() as { properties: Record<string, { anyOf: unknown[] }> }).properties;
  expect(preset?.anyOf).toEqual([
    { enum: expect.arrayContaining(["default", "detailed"]) },
    { enum: ["seed"], deprecated: true },
  ]);
  expect(configReference()).toContain("`full` `detailed` `developer`");
  expect(configReference()).not.toContain("seed");
});
