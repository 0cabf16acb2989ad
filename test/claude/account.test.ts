import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { accountId } from "../../src/claude/client-file.ts";
import { sandbox } from "../helpers/binary.ts";

const login = (accountUuid: unknown) => JSON.stringify({ projects: {}, oauthAccount: { accountUuid } });

test("the account comes from the client's file, beside or inside its directory", () => {
  using box = sandbox();
  mkdirSync(box.path("home/.claude"));
  mkdirSync(box.path("home/work"));
  expect(accountId(box.path("home/.claude"))).toBeUndefined();
  writeFileSync(box.path("home/.claude.json"), login("private"));
  writeFileSync(box.path("home/work/.claude.json"), login("work"));
  expect(accountId(box.path("home/.claude"))).toBe("private");
  expect(accountId(box.path("home/work"))).toBe("work");
});

test("a directory of another name does not use the account of its home", () => {
  using box = sandbox();
  mkdirSync(box.path("home/work"));
  writeFileSync(box.path("home/.claude.json"), login("private"));
  expect(accountId(box.path("home/work"))).toBeUndefined();
});

test("a torn or invalid file gives no account", () => {
  using box = sandbox();
  mkdirSync(box.path("home/.claude"));
  for (const content of ["", "{", "null", login(5), login({}), '{"oauthAccount":[]}']) {
    writeFileSync(box.path("home/.claude.json"), content);
    expect(accountId(box.path("home/.claude"))).toBeUndefined();
  }
});
