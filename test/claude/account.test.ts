import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { accountId } from "../../src/claude/account.ts";
import { sandbox } from "../helpers/binary.ts";

const login = (accountUuid: unknown) => JSON.stringify({ projects: {}, oauthAccount: { accountUuid } });

test("the account is the one that the client is logged in to, beside or inside of its directory", () => {
  using box = sandbox();
  mkdirSync(box.path("home/.claude"));
  mkdirSync(box.path("home/work"));
  expect(accountId(box.path("home/.claude"))).toBeUndefined();
  writeFileSync(box.path("home/.claude.json"), login("private"));
  writeFileSync(box.path("home/work/.claude.json"), login("work"));
  expect(accountId(box.path("home/.claude"))).toBe("private");
  expect(accountId(box.path("home/work"))).toBe("work");
});

test("a directory of another name does not take over the account of the home that it lies in", () => {
  using box = sandbox();
  mkdirSync(box.path("home/work"));
  writeFileSync(box.path("home/.claude.json"), login("private"));
  expect(accountId(box.path("home/work"))).toBeUndefined();
});

test("a file that is torn or says something else says nothing", () => {
  using box = sandbox();
  mkdirSync(box.path("home/.claude"));
  for (const content of ["", "{", "null", login(5), login({}), '{"oauthAccount":[]}']) {
    writeFileSync(box.path("home/.claude.json"), content);
    expect(accountId(box.path("home/.claude"))).toBeUndefined();
  }
});
