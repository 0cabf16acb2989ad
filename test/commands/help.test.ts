/** Help in a terminal that is narrower than its lines breaks between words. */
import { describe, expect, test } from "bun:test";
import { commandHelp, programHelp } from "../../src/commands/help.ts";
import { COMMANDS } from "../../src/commands/index.ts";

const words = (text: string) => text.split(/\s+/).filter(Boolean);
const flowing = (text: string) =>
  text.split("\n").filter((line) => !/^( |Usage:)/.test(line) || line.startsWith("        "));

const HELP: Record<string, (room?: number) => string | Promise<string>> = { plimsoll: programHelp };
for (const [name, { load }] of Object.entries(COMMANDS))
  HELP[name] = async (room) => {
    const command = await load();
    if (!("subcommands" in command)) return commandHelp(command, room);
    const members = await Promise.all(Object.values(command.subcommands).map((each) => each()));
    return (await Promise.all([command, ...members].map((each) => commandHelp(each, room)))).join("\n");
  };

describe.each(Object.keys(HELP))("%s --help", (name) => {
  const help = HELP[name] as (typeof HELP)[string];
  test.each([60, 80])("fits %i columns, and loses no word", async (room) => {
    const [wide, fitted] = [await help(Infinity), await help(room)];
    expect(words(fitted)).toEqual(words(wide));
    const atOnce = new Set(words(wide).filter((word) => word.length > 30));
    for (const line of flowing(fitted))
      if (!words(line).some((word) => atOnce.has(word))) expect(line.length).toBeLessThanOrEqual(room);
  });
  test("is as it was written where there is room", async () => {
    expect(await help(1000)).toBe(await help(Infinity));
  });
});

test("plimsoll --help lists each command once, in sections, aligned, within 80 columns", () => {
  const lines = programHelp(80).split("\n");
  const titles = ["Start:", "Understand:", "Tools:", "Internals:", "Options:"];
  expect(lines.filter((line) => /^[A-Z]\w+:$/.test(line))).toEqual(titles);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  const rows = lines
    .flatMap((line) => /^ {2}([a-z]+)( +)\S/.exec(line) ?? [])
    .filter((_, at) => at % 3 === 1);
  expect(rows).toEqual(Object.keys(COMMANDS));
  expect(new Set(lines.flatMap((line) => /^ {2}[a-z]+ +(?=\S)/.exec(line)?.[0].length ?? [])).size).toBe(1);
});
