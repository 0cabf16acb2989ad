/** What belongs to the user: doctor reports it and does not change it. */
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identify } from "../../src/os/identity.ts";
import { gather, writeConfig } from "../gather/world.ts";
import { BINARY } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES } from "../helpers/processes.ts";
import { doctor, expectFixed, expectLeft, fix, healthy, ID, useLine } from "./clinic.ts";

test("an invalid configuration: its line is reported, and the file is kept", async () => {
  using here = await healthy();
  const path = join(here.box.home, ".config/plimsoll/config.json");
  writeConfig(here, {});
  const text = '{\n  // mine\n  "theme": "fjord-dark",\n  "style": "powerlin"\n}\n';
  writeFileSync(path, text);
  const { bad, of } = await doctor(here);
  expect(bad).toEqual(["config"]);
  expect(of("config").details?.[0]).toStartWith(`${path}:4:12: style:`);
  await expectLeft(here, "config");
  expect(readFileSync(path, "utf8")).toBe(text);
  writeFileSync(path, '{\n  "theme": \n');
  expect((await doctor(here)).of("config").details?.[0]).toContain("not JSON");
});

test("an outdated cache is info, and removed by --fix", async () => {
  using here = await healthy();
  writeConfig(here, { theme: "fjord-dark" });
  await gather(here, { args: ["--force"] });
  expect((await doctor(here)).of("config").level).toBe("good");
  writeConfig(here, { theme: "ember-dark" });
  expect((await doctor(here)).of("config")).toMatchObject({ level: "note", fixable: true });
  expect(await expectFixed(here, "config")).toEqual([`removed ${here.paths.configCache}`]);
});

test("another program's line, disabled hooks, an invalid file: reported, not changed", async () => {
  using here = await healthy();
  const path = join(here.claudeDir, "settings.json");
  const plant: readonly [settings: string, text: RegExp][] = [
    ['{"statusLine":{"type":"command","command":"ccline"}}', /has another status line: ccline/],
    [readFileSync(path, "utf8").replace(/^\{/, '{"disableAllHooks":true,'), /turns every status line off/],
    ['{"statusLine":', /skips/],
  ];
  for (const [settings, text] of plant) {
    writeFileSync(path, settings);
    expect((await doctor(here)).of("settings").text).toMatch(text);
    const { bad } = await fix(here);
    expect(bad).toContain("settings");
    expect(readFileSync(path, "utf8")).toBe(settings);
  }
});

test("a line of ours that runs a missing program: the path is replaced, and nothing else changes", async () => {
  using here = await healthy();
  const path = join(here.claudeDir, "settings.json");
  useLine(here, "/opt/gone/plimsoll display", { model: "opus" });
  const { bad, of } = await doctor(here);
  expect(bad).toEqual(["settings", "replay"]);
  expect(of("settings").text).toContain("runs /opt/gone/plimsoll, which is missing");
  await expectFixed(here, "settings");
  const after = JSON.parse(readFileSync(path, "utf8"));
  expect(after).toMatchObject({ statusLine: { command: `${BINARY} display` }, model: "opus" });

  useLine(here, "NICE=1 /opt/gone/plimsoll display | tee /tmp/line");
  expect((await doctor(here)).of("settings").fixable).toBe(false);
});

test("no line at all: it is added; a project's own file is left", async () => {
  using here = await healthy();
  const path = join(here.claudeDir, "settings.json");
  writeFileSync(path, '{\n  "model": "opus"\n}\n');
  await expectFixed(here, "settings");
  expect(JSON.parse(readFileSync(path, "utf8")).statusLine.command).toBe(`${BINARY} display`);

  const project = here.box.path("project");
  mkdirSync(join(project, ".claude"), { recursive: true });
  const shared = '{"statusLine":{"type":"command","command":"/opt/gone/plimsoll display"}}';
  writeFileSync(join(project, ".claude/settings.json"), shared);
  const left = await doctor(here, { args: ["--fix"], cwd: project });
  expect([left.bad, left.fixed]).toEqual([["settings"], []]);
  expect(readFileSync(join(project, ".claude/settings.json"), "utf8")).toBe(shared);
});

test.skipIf(!CAN_SEE_PROCESSES)(
  "a program that is on our PATH but not on the running client's is an error",
  async () => {
    using here = await healthy();
    const bin = here.box.path("bin");
    mkdirSync(bin);
    symlinkSync(BINARY, join(bin, "plimsoll"));
    useLine(here, "plimsoll display");
    const env = { PATH: `${bin}:${here.box.env.PATH}` };
    expect((await doctor(here, { env })).bad).toEqual([]);
    const client = Bun.spawn(["/bin/sleep", "60"], {
      env: here.box.env,
      stdio: ["ignore", "ignore", "ignore"],
    });
    try {
      mkdirSync(join(here.claudeDir, "sessions"));
      const entry = { pid: client.pid, procStart: identify(client.pid)?.start, sessionId: ID };
      writeFileSync(join(here.claudeDir, `sessions/${client.pid}.json`), JSON.stringify(entry));
      const { bad, of } = await doctor(here, { env });
      expect(bad).toEqual(["settings"]);
      expect(of("settings").text).toContain(`not on the PATH of the running Claude Code (pid ${client.pid})`);
    } finally {
      client.kill();
      await client.exited;
    }
  },
);
