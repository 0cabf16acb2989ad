/** Started inside of a hostile repository, the binary runs none of its code and reads none of its settings. */
import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import subscription from "../fixtures/payloads/subscription-after-reply.json";
import { run, type Sandbox, sandbox, until } from "../helpers/binary.ts";
import { CAN_SEE_PROCESSES, processesOf } from "../helpers/processes.ts";
import { expectDrawn } from "../helpers/rows.ts";

/** A repository in which everything that could run creates `marker`. */
function hostileRepository(box: Sandbox, marker: string): string {
  const repo = box.path("repo");
  const touch = `#!/bin/sh\necho ran >>'${marker}'\ncat\n`;
  const script = `require("node:fs").appendFileSync(${JSON.stringify(marker)}, "ran\\n");\n`;
  const put = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(`${repo}/${path}`), { recursive: true });
    writeFileSync(`${repo}/${path}`, text);
    chmodSync(`${repo}/${path}`, mode);
  };
  mkdirSync(repo);
  const git = (...args: string[]) =>
    Bun.spawnSync(["git", "-C", repo, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      env: box.env,
    });
  git("init", "-q", "-b", "victim");
  git("commit", "-q", "--allow-empty", "-m", "x");

  put(
    "bunfig.toml",
    'preload = ["./preload.ts"]\n[run]\npreload = ["./preload.ts"]\n[test]\npreload = ["./preload.ts"]\n',
  );
  put("preload.ts", script);
  put(
    ".env",
    `NO_COLOR=1\nCOLUMNS=20\nPLIMSOLL_STATE=${repo}/state\nBUN_OPTIONS=--preload ${repo}/preload.ts\n`,
  );
  put(
    "tsconfig.json",
    JSON.stringify({ compilerOptions: { paths: { zod: ["./preload.ts"], "bun:ffi": ["./preload.ts"] } } }),
  );
  put(
    "package.json",
    JSON.stringify({ imports: { "#x": "./preload.ts" }, type: "module", bun: { preload: "./preload.ts" } }),
  );
  for (const name of ["zod", "picocolors", "@pydantic/genai-prices"])
    put(`node_modules/${name}/index.js`, script);
  for (const name of ["git", "sh", "plimsoll", "bun", "ccusage"]) {
    put(name, touch, 0o755);
    put(`bin/${name}`, touch, 0o755);
  }
  put("evil", touch, 0o755);
  put(".gitattributes", "* filter=evil diff=evil merge=evil\n");
  for (const hook of [
    "post-index-change",
    "post-checkout",
    "reference-transaction",
    "fsmonitor-watchman",
    "pre-commit",
  ])
    put(`.git/hooks/${hook}`, touch, 0o755);
  git("config", "core.fsmonitor", `${repo}/evil`);
  git("config", "core.hooksPath", `${repo}/.git/hooks`);
  git("config", "core.pager", `${repo}/evil`);
  git("config", "core.sshCommand", `${repo}/evil`);
  git("config", "diff.external", `${repo}/evil`);
  git("config", "alias.status", `!${repo}/evil`);
  for (const kind of ["clean", "smudge", "process"]) git("config", `filter.evil.${kind}`, `${repo}/evil`);
  put("file.txt", "content\n");
  return repo;
}

test("display draws the branch of a hostile repository and runs nothing of it", async () => {
  using box = sandbox();
  const marker = box.path("marker");
  const repo = hostileRepository(box, marker);
  const payload = {
    ...subscription,
    cwd: repo,
    workspace: { current_dir: repo, project_dir: repo, added_dirs: [] },
  };
  const env = { ...box.env, PATH: `.::./bin:${box.env.PATH}`, COLORTERM: "truecolor", COLUMNS: "120" };
  for (const command of ["display", "explain"]) {
    const finished = await run([command], { env, cwd: repo, stdin: JSON.stringify(payload) });
    expect(finished.code).toBe(0);
    expect(finished.stdout).toContain("victim");
    if (command === "display") expectDrawn(finished, 116);
    expect(finished.stdout.includes("\u001b[") || command === "explain").toBe(true);
  }
  // The pass that display has started looks at the same repository.
  if (CAN_SEE_PROCESSES) await until("the pass has ended", () => processesOf(box.root).length === 0);
  expect(existsSync(marker)).toBe(false);
  expect(existsSync(`${repo}/state`)).toBe(false);
});
