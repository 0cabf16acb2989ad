/** `plimsoll explain` as a user calls it: on a terminal, without a payload, with one, before the first session. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { DEFAULT_CONFIG } from "../../../src/config/config.ts";
import { BINARY, run, type Sandbox, sandbox } from "../../helpers/binary.ts";
import { fullState, samplePayload } from "../../helpers/sample.ts";
import { hasTmux, terminal } from "../../helpers/tmux.ts";

/** A home with the state of a session that was drawn three minutes ago. */
function drawn(box: Sandbox): string {
  const cwd = `${box.home}/proj`;
  const claudeDir = `${box.home}/.claude`;
  for (const path of [`${cwd}/.git`, claudeDir]) mkdirSync(path, { recursive: true });
  writeFileSync(`${cwd}/.git/HEAD`, "ref: refs/heads/main\n");
  const now = Date.now();
  const payload = samplePayload({ cwd, claudeDir, now });
  fullState({ directory: box.state, payload, root: cwd, claudeDir, now });
  const text = JSON.stringify(payload);
  writeFileSync(`${box.state}/payload.json`, text, { mode: 0o600 });
  const kept = (now - 185_000) / 1000;
  utimesSync(`${box.state}/payload.json`, kept, kept);
  return text;
}

const linesOf = (text: string) => text.trimEnd().split("\n");

describe.skipIf(!hasTmux)("on a terminal", () => {
  test("explains the last session at once: what is in the line first, at most 30 lines, in colour", async () => {
    using box = sandbox();
    drawn(box);
    await using screen = await terminal(box.env, { columns: 80, rows: 60 });
    await screen.press("-l", `clear; ${BINARY} explain; echo "end=$?"`);
    await screen.press("Enter");
    await screen.shows("end=0");
    const lines = linesOf(await screen.screen());
    const first = lines.findIndex((line) => line.startsWith("last session, 3m ago, ~/proj"));
    const shown = lines.slice(first, lines.indexOf("end=0"));
    expect(shown.length).toBeWithin(10, 31);
    expect(shown.join("\n")).not.toMatch(/no payload|^health|\d ms|absent because/m);
    const named = shown.slice(2, shown.indexOf("", 2)).map((line) => line.split(" ")[0]);
    expect(named).toEqual(
      DEFAULT_CONFIG.rows.flatMap(({ left }) => left).filter((name) => named.includes(name)),
    );
    expect(shown.find((line) => line.startsWith("git "))).toMatch(
      /main \+1 ~3 ?\S* .*\.git\/HEAD; state git, \d+[sm] ago$/,
    );

    await screen.press(
      "-l",
      `clear; ${BINARY} segments | head -n 3; ${BINARY} segments; echo "end=$((1 + 1))"`,
    );
    await screen.press("Enter");
    await screen.shows("end=2");
    const listed = await screen.screen();
    expect(listed).toMatch(/^health +config, git failing! +Errors of the line itself: /m);
    expect(listed).toMatch(/^ {20,}bill, or the|^ {20,}[a-z]/m);
  });
});

describe("without a terminal", () => {
  test("/dev/null as stdin means the last session too, and an empty pipe no payload", async () => {
    using box = sandbox();
    drawn(box);
    const last = await run(["explain"], { env: box.env });
    expect(last).toMatchObject({ code: 0, stderr: "" });
    expect(linesOf(last.stdout)[0]).toBe("last session, 3m ago, ~/proj");
    expect(last.stdout).not.toContain("\x1b");
    const empty = await Bun.$`sh -c ': | "$1" explain' sh ${BINARY}`.env(box.env).text();
    expect(linesOf(empty)[0]).toBe("no payload: stdin is empty");
    expect(empty).toMatch(/^health +stdin is empty! /m);
  });

  test("a payload on stdin comes before the last session", async () => {
    using box = sandbox();
    const kept = JSON.parse(drawn(box));
    const other = { ...kept, model: { id: "claude-opus-5-5", display_name: "Opus 5.5" } };
    const { stdout } = await run(["explain"], { env: box.env, stdin: JSON.stringify(other) });
    expect(linesOf(stdout)[0]).toBe("payload on stdin, ~/proj");
    expect(stdout).toMatch(/^model +Opus 5\.5 +payload model$/m);
  });

  test("before the first session it says what to do; a damaged kept file counts as missing", async () => {
    using box = sandbox();
    const { stdout, code } = await run(["explain"], { env: box.env });
    expect(code).toBe(0);
    expect(linesOf(stdout)[0]).toBe("no session yet");
    expect(stdout).toContain("Start `claude`");
    expect(linesOf(stdout).length).toBeLessThan(6);
    // The program is not on PATH: commands have its path.
    expect(stdout).toContain(`run '${BINARY} setup'`);
    expect(stdout).toContain(`${BINARY} explain < payload.json`);
    const named = (await run(["explain", "model", "turns"], { env: box.env })).stdout;
    expect(named).toContain("absent from row 1: the client");
    expect(named).toContain(`'${BINARY} config edit' adds it`);
    mkdirSync(box.state, { mode: 0o700 });
    writeFileSync(`${box.state}/payload.json`, '{"half":');
    expect((await run(["explain"], { env: box.env })).stdout).toBe(stdout);
  });

  test("named segments only; an unknown name is an error before anything is read", async () => {
    using box = sandbox();
    drawn(box);
    const { stdout } = await run(["explain", "cache", "turns"], { env: box.env });
    expect(stdout).toMatch(/^cache {2}cache \d+%.*\n {2}shows +The prompt cache/m);
    expect(stdout).toMatch(/^turns {2}14 turns\n/m);
    expect(stdout).not.toMatch(/^model|^absent/m);
    expect(await run(["explain", "cahce"], { env: box.env })).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "plimsoll: unknown segment 'cahce'\n  hint: did you mean 'cache'?\n",
    });
  });

  test("JSON has all that it had, with times, and no escape codes", async () => {
    using box = sandbox();
    const text = drawn(box);
    const json = async (words: string[], stdin?: string) => {
      const { stdout } = await run(["explain", "--json", ...words], {
        env: box.env,
        ...(stdin ? { stdin } : {}),
      });
      expect(stdout).not.toContain("u001b");
      return JSON.parse(stdout);
    };
    const given = await json([], text);
    const keys =
      "background cells claudeDirectory colors drawMs gatherDue links model parts price readMs segments workingTree";
    expect(Object.keys(given)).toEqual(expect.arrayContaining(keys.split(" ")));
    const git = given.segments.find(({ name }: { name: string }) => name === "git");
    expect(Object.keys(git).sort().join(" ")).toBe("about form gatheredAt ms name row source text");
    const last = await json([]);
    expect(last.payloadAgeMs).toBeWithin(180_000, 600_000);
    expect(last.segments.length).toBe(given.segments.length);
    expect((await json(["turns"])).segments).toMatchObject([
      { name: "turns", form: "not configured", text: "14 turns" },
    ]);
  });
});
