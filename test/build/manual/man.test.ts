/** The manual page: formatters accept it without warnings, and it contains the program's whole help. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { commandsOf, commandTree } from "../../../src/build/manual/tree.ts";
import { EXIT } from "../../../src/cli/errors.ts";
import { run, sandbox } from "../../helpers/binary.ts";

const PAGE = join(import.meta.dir, "../../../dist/share/man/man1/plimsoll.1");

const FORMATTERS = [
  {
    name: "groff",
    lint: ["groff", "-ww", "-man", "-Tutf8"],
    plain: ["groff", "-man", "-Tascii", "-P-cbou"],
  },
  { name: "mandoc", lint: ["mandoc", "-Tlint", "-Wwarning"], plain: ["mandoc", "-Tascii", "-Ofragment"] },
];

async function format(command: readonly string[]): Promise<{ out: string; err: string; code: number }> {
  const child = Bun.spawn([...command, PAGE], {
    env: { PATH: process.env.PATH ?? "", LC_ALL: "C" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  // Bold is overstruck.
  return { out: out.replace(/.\x08/g, ""), err, code: await child.exited };
}

/** Text on one line. */
const flat = (text: string): string => text.replaceAll("…", "...").replace(/\s+/g, " ");

for (const { name, lint, plain } of FORMATTERS) {
  const there = Bun.which(name) !== null;
  describe.skipIf(!there)(`with ${name}${there ? "" : " (not on this machine)"}`, () => {
    test("is formatted without warnings", async () => {
      const { out, err, code } = await format(lint);
      expect({ code, err, said: name === "mandoc" ? out : "" }).toEqual({ code: 0, err: "", said: "" });
    });

    test("has each command's help, and each exit code, in 80 columns", async () => {
      const { out } = await format(plain);
      const page = flat(out);
      const said = commandsOf(await commandTree()).flatMap(({ about, usage, details = "", options }) => [
        about,
        ...usage,
        // Tables and examples differ in white space only.
        flat(details).trim(),
        ...options.map((option) => option.about),
      ]);
      expect(said.filter((text) => !page.includes(flat(text)))).toEqual([]);
      const codes = [...out.matchAll(/^ {7}(\d+) {2,}/gm)].map(([, code]) => Number(code));
      expect(codes).toEqual(Object.values(EXIT));
      const named = said.flatMap((text) => [
        ...(/Exit codes: .*/.exec(text)?.[0] ?? "").matchAll(/(?:: |; )(\d+)(?:, (\d+))? /g),
      ]);
      expect(named.length).toBeGreaterThan(30);
      for (const [, ...numbers] of named)
        for (const number of numbers) if (number !== undefined) expect(codes).toContain(Number(number));
      const names = commandsOf(await commandTree()).map((command) => `plimsoll ${command.name} `);
      expect(names.filter((heading) => !page.includes(heading))).toEqual([]);
    });
  });
}

test("names the version and every command of the program's help", async () => {
  using box = sandbox();
  const page = await Bun.file(PAGE).text();
  const version = (await run(["--version"], { env: box.env })).stdout.split(" ")[1] as string;
  expect(page.split("\n")[0]).toContain(`"plimsoll ${version}"`);
  const help = (await run(["--help"], { env: box.env })).stdout;
  const commands = [...help.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, word]) => word);
  expect(commands.length).toBeGreaterThan(10);
  for (const word of commands) expect(page).toMatch(new RegExp(`^\\.SS .*plimsoll ${word}`, "m"));
});
