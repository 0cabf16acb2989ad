import { expect, test } from "bun:test";
import { modelLabel } from "../../../src/line/look/model-label.ts";

test("a model is named as the client names it", () => {
  const names = {
    "claude-sonnet-5-5": "Sonnet 5.5",
    "claude-opus-5-5[1m]": "Opus 5.5 (1M context)",
    "claude-opus-4-5-20251101": "Opus 4.5",
    "claude-sonnet-4-20250514": "Sonnet 4",
    "claude-3-5-haiku-20241022": "Haiku 3.5",
    "us.anthropic.claude-opus-4-5-20251101-v1:0": "Opus 4.5",
    "claude-sonnet-4-5@20250929": "Sonnet 4.5",
    "anthropic/claude-haiku-5.5": "Haiku 5.5",
    "claude-3-7-sonnet-latest": "Sonnet 3.7",
  };
  for (const [id, name] of Object.entries(names)) expect(modelLabel(id)).toBe(name);
});

test("other ids are shown without the family name", () => {
  const names = {
    "claude-instant-fast-1": "instant-fast-1",
    "claude-2": "2",
    "claude-opus": "opus",
    "claude-": "claude-",
    "claude--5": "-5",
    "gpt-5-5": "gpt-5-5",
    "my model": "my model",
    "": "",
  };
  for (const [id, name] of Object.entries(names)) expect(modelLabel(id)).toBe(name);
});
