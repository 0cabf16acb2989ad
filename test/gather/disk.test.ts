import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { canMountTmpfs, fillDisk, mountTmpfs } from "../helpers/tmpfs.ts";
import { gather, payload, scopeOf, states, world } from "./world.ts";

const ID = "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0";

describe.skipIf(!canMountTmpfs())("a pass survives (needs root)", () => {
  test("a full disk, with an error and no partial file, and works again when there is space", async () => {
    using here = world();
    mkdirSync(here.paths.root);
    using _ = mountTmpfs(here.paths.root, "size=512k,mode=700");
    const stdin = payload(ID, here.session(ID, 2), here.box.home);
    await gather(here, { stdin });
    const before = states(here, ID, "/").session;
    fillDisk(`${here.paths.root}/filler`);
    const { code, report } = await gather(here, { stdin, args: ["--force"] });
    expect(code).toBe(74);
    expect(scopeOf(report, "session")?.error).toMatch(/cannot be written: .*(ENOSPC|no space)/i);
    expect(states(here, ID, "/").session).toEqual(before);
    expect(readdirSync(here.paths.sessions)).toEqual([`${ID}.json`]);
    rmSync(`${here.paths.root}/filler`);
    const after = await gather(here, { stdin, args: ["--force"] });
    expect(after.code).toBe(0);
    expect(states(here, ID, "/").session?.attempts.startedAt).toBeGreaterThan(
      before?.attempts.startedAt ?? 0,
    );
  });

  test("a read-only disk, with an error", async () => {
    using here = world();
    mkdirSync(here.paths.root);
    using disk = mountTmpfs(here.paths.root, "size=512k,mode=700");
    const stdin = payload(ID, here.session(ID, 2), here.box.home);
    await gather(here, { stdin });
    disk.remount("ro");
    const { code, report } = await gather(here, { stdin, args: ["--force"] });
    expect(code).toBe(74);
    expect(scopeOf(report, "session")).toMatchObject({ outcome: "locked out" });
    expect(scopeOf(report, "session")?.error).toMatch(/read-only/i);
    expect(states(here, ID, "/").session?.parts.transcript?.value?.turns).toBe(2);
  });
});

test.skipIf(process.geteuid?.() === 0)(
  "a place for state that may not be made is named (not as root)",
  async () => {
    using here = world();
    chmodSync(here.box.root, 0o500);
    const { code, stderr } = await gather(here, {
      stdin: payload(ID, here.box.path("x.jsonl"), here.box.home),
    });
    chmodSync(here.box.root, 0o700);
    expect(code).toBe(74);
    expect(stderr).toInclude(here.paths.root);
  },
);
