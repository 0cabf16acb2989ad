/** The README's tour works as written, in a fresh home whose ~/.local/bin is not on PATH. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BINARY, sandbox, until } from "../helpers/binary.ts";
import { samplePayload } from "../helpers/sample.ts";
import { hasTmux, terminal } from "../helpers/tmux.ts";

setDefaultTimeout(60_000);

const README = readFileSync(join(import.meta.dir, "../../README.md"), "utf8");
const [, TOUR = ""] = /^## Tour\n.*?^```sh\n(.*?)^```/ms.exec(README) ?? [];

test.skipIf(!hasTmux)("each line of the tour runs, in its order (tmux)", async () => {
  using box = sandbox();
  const { PLIMSOLL_STATE: _, ...env } = box.env;
  mkdirSync(join(box.home, ".local/bin"), { recursive: true });
  symlinkSync(BINARY, join(box.home, ".local/bin/plimsoll"));
  mkdirSync(box.path("bin"));
  const claudeDir = join(box.home, ".claude");
  mkdirSync(claudeDir);
  // In place of the client: it draws the line once.
  const payload = samplePayload({ cwd: box.home, claudeDir, now: Date.now() });
  writeFileSync(box.path("payload.json"), JSON.stringify(payload));
  const command = `$(sed -n 's/.*"command": "\\(.*\\)",*/\\1/p' ${claudeDir}/settings.json)`;
  writeFileSync(box.path("bin/claude"), `#!/bin/sh\n${command} <${box.path("payload.json")}\n`, {
    mode: 0o755,
  });
  const lines = TOUR.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(7);
  const codes = box.path("codes");
  writeFileSync(
    box.path("tour"),
    lines
      .map(
        (line) =>
          `${line}\necho "$? ${line.split(/\s+/).slice(0, 3).join(" ").replaceAll('"', "")}" >>${codes}\n`,
      )
      .join(""),
  );
  const done = () =>
    Bun.file(codes)
      .text()
      .catch(() => "");
  await using shell = await terminal(
    { ...env, PATH: `${box.path("bin")}:${env.PATH}` },
    { columns: 120, rows: 50 },
  );
  await shell.press(`cd; sh ${box.path("tour")}; echo over`, "Enter");
  await until(
    "the editor ends",
    async () => {
      if (/ config edit/.test(await done())) return true;
      if (/ config init/.test(await done())) await shell.press("q");
      await Bun.sleep(100);
      return false;
    },
    40_000,
  );
  await until("the tour ends", async () => / doctor/.test(await done()), 40_000);
  expect(
    (await done())
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("0 ")),
  ).toEqual([]);
  expect((await done()).trim().split("\n")).toHaveLength(lines.length);
});
