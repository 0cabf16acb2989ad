/** The completions, run in their shells. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { BINARY, run, type Sandbox, sandbox } from "../../helpers/binary.ts";
import { hasTmux, terminal } from "../../helpers/tmux.ts";
import { bash, type Complete, fish, oldBash, zsh } from "./shells.ts";
import { places } from "./walk.ts";

setDefaultTimeout(60_000);

const SHELLS: readonly { name: string; program: string; complete: Complete }[] = [
  { name: "bash", program: "bash", complete: bash },
  { name: "bash as old as macOS's", program: "bash", complete: oldBash },
  { name: "zsh", program: "zsh", complete: zsh },
  { name: "fish", program: "fish", complete: fish },
];

/** A home with two folders, a file and two locks. */
async function inhabited(): Promise<Sandbox> {
  const box = sandbox();
  for (const name of ["sources", "sinks"]) mkdirSync(`${box.home}/${name}`);
  await Bun.write(`${box.home}/some.json`, "{}");
  for (const name of ["backup", "deploy"]) await run(["lock", "run", name, "--", "true"], { env: box.env });
  return box;
}

for (const { name, program, complete } of SHELLS) {
  const there = Bun.which(program) !== null;
  describe.skipIf(!there)(`${name}${there ? "" : ` (no ${program} on this machine)`}`, () => {
    test("offers every command, option and value of the tables in its place", async () => {
      using box = sandbox();
      const all = await places();
      const offered = await complete(
        box,
        all.map(({ words }) => words),
      );
      const found = all.map(({ words }, index) => ({ words, expected: offered[index] ?? [] }));
      expect(found).toEqual(all.map(({ words, expected }) => ({ words, expected: [...expected].sort() })));
    });

    test("handles options with values, the end of options, and partial words", async () => {
      using box = sandbox();
      const offered = await complete(box, [
        ["usage", "--since", "2026-11-01", "dai"],
        ["usage", "-s", "2026-11-01", "--json", "dai"],
        ["usage", "--order=desc", "dai"],
        ["preview", "--theme=fjo"],
        ["usage", "--since", ""],
        ["usage", "daily", "dai"],
        ["config", "check", "--", "--js"],
        ["nonsense", ""],
      ]);
      expect(offered).toEqual([["daily"], ["daily"], ["daily"], ["fjord-dark"], [], [], [], []]);
    });

    test("offers existing locks", async () => {
      using box = await inhabited();
      const [status = [], release = []] = await complete(box, [
        ["lock", "status", ""],
        ["lock", "release", "--force", "de"],
      ]);
      expect(status).toContain("backup");
      expect(release).toEqual(["deploy"]);
    });

    test("a file named like a command is not a lock, and is not run", async () => {
      using box = await inhabited();
      const ran = `${box.home}/ran`;
      await Bun.write(`${box.state}/locks/$(touch ran).lock`, "");
      const [offered = []] = await complete(box, [["lock", "status", ""]]);
      expect(offered).toContain("backup");
      expect(await Bun.file(ran).exists()).toBe(false);
    });

    test("after a duration or a lock, offers programs", async () => {
      using box = sandbox();
      const offered = await complete(box, [
        ["run", "30s", "base6"],
        ["run", "-k", "2s", "30s", "base6"],
        ["lock", "run", "backup", "--", "base6"],
        ["lock", "run", "-n", "backup", "base6"],
      ]);
      for (const programs of offered) expect(programs).toContain("base64");
    });
  });
}

describe("another program's words are completed by that program", () => {
  test("in bash, by bash-completion, with the offset of the command", async () => {
    using box = sandbox();
    const offered = await bash(box, [
      ["run", "-k", "2s", "30s", "make", "--dir"],
      ["lock", "run", "backup", "--", "make", ""],
    ]);
    expect(offered).toEqual([["words from 5"], ["words from 5"]]);
  });
  for (const { name, program, complete } of SHELLS.filter(({ program }) => program !== "bash"))
    test.skipIf(Bun.which(program) === null)(`in ${name}, including its options`, async () => {
      using box = sandbox();
      const offered = await complete(box, [
        ["lock", "run", "backup", "--", "plimsoll", "config", "ch"],
        ["run", "30s", "plimsoll", "preview", "--sam"],
        ["run", "30s", "plimsoll", "--"],
      ]);
      expect(offered).toEqual([["check"], ["--sample"], ["--help", "--version"]]);
    });
});

describe("files and folders", () => {
  const lines = [
    ["run", "--json", "so"],
    ["config", "check", "so"],
    ["gather", "--cwd", "s"],
    ["applets", "s"],
  ];
  const found = [
    ["some.json", "sources"],
    ["some.json", "sources"],
    ["sinks", "sources"],
    ["sinks", "sources"],
  ];
  for (const { name, program, complete } of SHELLS.filter(({ program }) => program !== "bash"))
    test.skipIf(Bun.which(program) === null)(`in ${name}`, async () => {
      using box = await inhabited();
      const offered = await complete(box, lines);
      expect(offered.map((words) => words.map((word) => word.replace(/\/$/, "")))).toEqual(found);
    });
  test("in bash: folders by compgen, files by readline", async () => {
    using box = await inhabited();
    expect(await bash(box, lines)).toEqual([[], [], ["sinks", "sources"], ["sinks", "sources"]]);
  });

  test.skipIf(!hasTmux)(
    "in a real terminal, bash fills them in on tab, and nothing else where nothing is known",
    async () => {
      using box = await inhabited();
      await using screen = await terminal({ ...box.env, PATH: `${box.path("bin")}:${box.env.PATH}` });
      const script = `${import.meta.dir}/../../../dist/share/bash-completion/completions/plimsoll`;
      await screen.press(`cd; PS1='now$ ' bash --norc --noprofile`, "Enter");
      await screen.shows("\nnow$");
      // bash echoes twice what is typed before the prompt.
      await screen.press(`source '${script}'; PS1='then$ '`, "Enter");
      await screen.shows("\nthen$");
      await screen.press("plimsoll conf", "Tab", "in", "Tab", "--pre", "Tab", "dev", "Tab");
      await screen.shows("then$ plimsoll config init --preset developer");
      await screen.press("C-u", "plimsoll applets sou", "Tab");
      await screen.shows("then$ plimsoll applets sources/");
      await screen.press("C-u", "plimsoll run --json=som", "Tab");
      await screen.shows("then$ plimsoll run --json=some.json");
      await screen.press("C-u", "plimsoll usage daily som", "Tab", "X");
      await screen.shows("then$ plimsoll usage daily somX");
    },
  );
});

test("without the program on PATH there are no locks, and nothing fails", async () => {
  using box = sandbox();
  const script = `${import.meta.dir}/../../../dist/share/bash-completion/completions/plimsoll`;
  const { stdout, stderr } = await Bun.$`env -i PATH=/usr/bin:/bin bash --norc -c ${`
    source '${script}'; COMP_WORDS=(${BINARY} lock status ''); COMP_CWORD=3; _plimsoll; echo "\${#COMPREPLY[@]}"`}`
    .cwd(box.home)
    .quiet();
  expect([stdout.toString(), stderr.toString()]).toEqual(["0\n", ""]);
});
