/** Contexts with anything in them: what `line` must draw without a raw byte, a row too wide, or an empty one. */

import { readPayload } from "../../src/claude/payload.ts";
import { type Config, DEFAULT_CONFIG, type RowConfig } from "../../src/config/config.ts";
import { PRESET_NAMES } from "../../src/config-file/presets.ts";
import type { ConfigInput } from "../../src/config-file/schema.ts";
import type { ColorDepth, Context } from "../../src/line/context.ts";
import { BAR_CHOICES } from "../../src/line/look/bar.ts";
import { ICON_CHOICES } from "../../src/line/look/icons.ts";
import { themeNames } from "../../src/line/look/themes.ts";
import { SAMPLE_NAMES, SAMPLE_NOW, sampleContext } from "../../src/line/samples.ts";
import { SEGMENTS } from "../../src/line/segments/index.ts";
import { hostileText, type Random } from "../helpers/random.ts";

const NUMBERS = [0, 1, 0.4, 7, 23.5, 99.6, 100, 101, 1e4, 1e9, 1e15, 1e300, 5e-324, Number.MAX_SAFE_INTEGER];

/** Keep a value, or put something else in its place: strings become hostile, numbers extreme, some become another type. */
function distort(value: unknown, random: Random, share: number): unknown {
  if (random.chance(share / 6))
    return random.pick([null, undefined, "", "x", -1, Number.NaN, Number.POSITIVE_INFINITY, {}, [], true]);
  if (typeof value === "string") return random.chance(share) ? hostileText(random) : value;
  if (typeof value === "number") return random.chance(share) ? random.pick(NUMBERS) : value;
  if (Array.isArray(value)) return value.map((each) => distort(each, random, share));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, distort(each, random, share)]),
    );
  return value;
}

/** A payload as JSON, with every field that the line knows, distorted. */
function hostilePayload(random: Random): unknown {
  const seconds = SAMPLE_NOW / 1000;
  return distort(
    {
      session_id: "s",
      session_name: hostileText(random),
      cwd: `/home/dev/${hostileText(random)}`,
      version: "2.1.330",
      effort: { level: random.pick(["low", "medium", "xhigh", "max", hostileText(random)]) },
      model: { id: "claude-x", display_name: hostileText(random) },
      workspace: {
        added_dirs: ["a"],
        git_worktree: hostileText(random),
        repo: { host: "github.com", owner: hostileText(random), name: hostileText(random) },
      },
      output_style: { name: hostileText(random) },
      vim: { mode: "NORMAL" },
      agent: { name: hostileText(random) },
      fast_mode: true,
      thinking: { enabled: false },
      pr: { number: 12, url: `https://x.example/${hostileText(random)}`, review_state: "approved" },
      worktree: { name: hostileText(random), original_branch: hostileText(random) },
      remote: { session_id: "r" },
      cost: {
        total_cost_usd: 1.5,
        total_duration_ms: 5000,
        total_api_duration_ms: 300,
        total_lines_added: 3,
        total_lines_removed: 4,
      },
      context_window: {
        context_window_size: 1_000_000,
        used_percentage: 50,
        current_usage: { input_tokens: 10, cache_read_input_tokens: 5000 },
      },
      prompt_cache: {
        warm: true,
        expires_at: seconds + 60,
        hit_ratio: 0.5,
        requests: 9,
        recache_tokens_if_cold: 9,
      },
      rate_limits: {
        five_hour: { used_percentage: 50, resets_at: seconds + 5000 },
        seven_day: { used_percentage: 80, resets_at: seconds + 500_000 },
        spend_limit: { used_percentage: 80, resets_at: seconds + 9, used_usd: 3, limit_usd: 9 },
      },
    },
    random,
    0.3,
  );
}

/** References to every segment, those with an argument included. */
const REFERENCES = SEGMENTS.map((segment) =>
  segment.argument === undefined ? segment.name : `${segment.name}:weather`,
);

function randomRow(random: Random): RowConfig {
  const some = (most: number) =>
    Array.from({ length: random.below(most) }, () =>
      random.chance(0.1) ? `text:${hostileText(random)}` : random.pick(REFERENCES),
    );
  return random.chance(0.5) ? { left: some(12) } : { left: some(8), right: some(6) };
}

function randomSettings(random: Random): Config {
  if (random.chance(0.3)) return DEFAULT_CONFIG;
  return {
    ...DEFAULT_CONFIG,
    rows: Array.from({ length: 1 + random.below(4) }, () => randomRow(random)),
    style: random.pick(["plain", "powerline", "capsule"]),
    icons: random.pick(ICON_CHOICES),
    theme: random.pick(["auto", "harbor-dark", "harbor-light", "terminal", "no such theme"]),
    ...(random.chance(0.2) ? { separator: hostileText(random) } : {}),
    bar: {
      shape: random.pick([...BAR_CHOICES, "no such shape"]),
      cells: random.below(40),
    },
  };
}

/** A configuration that is good: every setting that there is may be in it. */
export function randomConfig(random: Random): ConfigInput {
  const maybe = <T extends object>(part: T): T | Record<never, never> => (random.chance(0.5) ? part : {});
  const options = (segment: (typeof SEGMENTS)[number]) => {
    const chosen: Record<string, unknown> = random.chance(0.5) ? { priority: random.below(101) } : {};
    if (segment.levels && random.chance(0.5)) chosen.levels = [random.below(120), random.below(120)];
    for (const [name, spec] of Object.entries(segment.options ?? {})) {
      if (random.chance(0.5)) continue;
      if (typeof spec.default === "boolean") chosen[name] = random.chance(0.5);
      else if ("choices" in spec && spec.choices) chosen[name] = random.pick(spec.choices);
      else if ("min" in spec) chosen[name] = spec.min + random.below(spec.max - spec.min + 1);
    }
    return chosen;
  };
  const row = () => {
    const list = (most: number) => Array.from({ length: random.below(most) }, () => random.pick(REFERENCES));
    return random.chance(0.5) ? list(12) : { left: list(8), ...maybe({ right: list(5) }) };
  };
  return {
    ...maybe({ preset: random.pick(PRESET_NAMES) }),
    ...maybe({ rows: Array.from({ length: 1 + random.below(8) }, row) }),
    ...maybe({ style: random.pick(["plain", "powerline", "capsule"] as const) }),
    ...maybe({ icons: random.pick(ICON_CHOICES) }),
    ...maybe({ theme: random.pick(["auto", ...themeNames()]) }),
    ...maybe({ separator: hostileText(random).slice(0, 20) }),
    ...maybe({ colors: { model: "#123456", muted: "#abc" } }),
    ...maybe({ bar: { shape: random.pick(BAR_CHOICES), cells: random.below(61) } }),
    ...maybe({ margin: random.below(50), padding: random.below(20) }),
    ...maybe({
      segments: Object.fromEntries(
        SEGMENTS.filter(() => random.chance(0.3)).map((each) => [each.name, options(each)]),
      ),
    }),
  } as ConfigInput;
}

/** A hostile session in a random terminal. State parts are distorted too: a defect in them must cost their figure only. */
export function hostileContext(random: Random): Context {
  const depth = random.pick<ColorDepth>([0, 16, 256, 16_777_216]);
  const terminal = {
    cells: random.chance(0.3) ? 1 + random.below(12) : 1 + random.below(240),
    colors: depth,
    links: random.chance(0.5),
    background: random.pick(["dark", "light", "unknown"] as const),
    ambiguousIsWide: random.chance(0.2),
    ...(random.chance(0.4) ? { rows: 1 + random.below(60) } : {}),
  };
  const sample = sampleContext(random.pick(SAMPLE_NAMES), terminal, randomSettings(random));
  const state = <T>(value: T): T => (random.chance(0.5) ? value : (distort(value, random, 0.2) as T));
  const { session, repo, account, ...rest } = sample;
  const distorted = { session: state(session), repo: state(repo), account: state(account) };
  return {
    ...rest,
    ...(Object.fromEntries(
      Object.entries(distorted).filter(
        ([, each]) => typeof (each as { parts?: unknown } | undefined)?.parts === "object",
      ),
    ) as Partial<Context>),
    payload: random.chance(0.8) ? readPayload(hostilePayload(random)) : rest.payload,
    ...(random.chance(0.5) ? { head: { root: "/", branch: hostileText(random) } } : {}),
    ...(random.chance(0.2) ? { payloadError: hostileText(random) } : {}),
    ...(random.chance(0.2) ? { configError: hostileText(random) } : {}),
  };
}
