import { expect, test } from "bun:test";
import { keyHelp } from "../../src/config-file/key-help.ts";
import { CONFIG_KEYS } from "../../src/config-file/schema.ts";
import { parsePath } from "../../src/json-text/path.ts";

const help = (key: string, text: string) => keyHelp(parsePath(key) ?? [], text);
const FILE =
  '{ "preset": "minimal", "theme": "fjord-dark", "refresh": { "limits": "1m" }, "rows": [["model"]] }';

test("a key is described by its values and the present one, from the file, its preset or the default", () => {
  for (const [key, text] of [
    ["preset", "one of default, minimal, full, detailed, developer, budget; now minimal"],
    ["bar.cells", "a whole number from 0 to 60; now 6"],
    ["bar", "set one of bar.shape, bar.cells"],
    ["margin", "a whole number from 0 to 200; now 0"],
    ["segments.context.tokens", "true or false; now false"],
    ["segments.cache.levels", "two numbers like [70, 85]; now [50,-1]"],
    ["segments.cache", "set one of segments.cache.priority, segments.cache.levels, segments.cache.time"],
    ['segments["command:x"].priority', "a number from 0 to 100; now 26"],
    ["refresh.git", 'a time from 1s to 24h, like "5s", "10m" or "1h"; now 5s'],
    ["refresh.limits", 'a time from 1s to 24h, like "5s", "10m" or "1h"; now 1m'],
    ["commands.x.deadline", 'a time from 10ms to 20s, like "500ms" or "5s"; now 2s'],
    ["colors.model", 'a colour like "#8fc7ff"'],
    ["separator", "a text"],
    ["rows[0][0]", 'a list of rows like [["model", "git"], ["context", "cost"]]; now model'],
    ["commands", "set commands.NAME"],
    ["commands.x.run", 'a list like ["curl", "-s", "wttr.in"]'],
    ["prices.x", "an object with input, output, cacheRead, cacheWrite5m, cacheWrite1h"],
  ] as const)
    expect({ key, text: help(key, FILE) }).toEqual({ key, text });
  expect(help("theme", FILE)).toMatch(/^one of auto, .*, terminal; now fjord-dark$/);
  expect(help("rows", "")).toEndWith("; now those of the preset");
  expect(help("theme", "{ broken")).toEndWith("; now auto");
});

test("every setting is described, and an unknown one is not", () => {
  for (const key of CONFIG_KEYS) expect(help(key, ""), key).toMatch(/^(one of|set|a) /);
  for (const key of ["thme", "bar.x", "segments.contxt", "segments.git.x", "theme.x"])
    expect(help(key, ""), key).toBeUndefined();
});
