import { expect, test } from "bun:test";
import { modelName } from "../../src/ledger/model-names.ts";

test.each([
  ["claude-opus-4-5", "claude-opus-4-5"],
  ["claude-opus-4-5-20251101", "claude-opus-4-5"],
  ["claude-opus-5-5[1m]", "claude-opus-5-5"],
  ["claude-sonnet-4-5-20250929[1m]", "claude-sonnet-4-5"],
  ["CLAUDE-HAIKU-4-5", "claude-haiku-4-5"],
  ["claude-haiku-4-5-latest", "claude-haiku-4-5"],
  ["claude-opus-4-0", "claude-opus-4"],
  ["claude-sonnet-4-20250514", "claude-sonnet-4"],
  ["claude-3-5-haiku-20241022", "claude-3-5-haiku"],
  // Bedrock, global or in one region
  ["anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5"],
  ["global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"],
  ["anthropic.claude-haiku-5-5", "claude-haiku-5-5"],
  // Vertex AI
  ["claude-sonnet-4-5@20250929", "claude-sonnet-4-5"],
  ["claude-opus-4@20250514", "claude-opus-4"],
  ["claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet"],
  ["projects/p/locations/us/publishers/anthropic/models/claude-haiku-4-5@20251001", "claude-haiku-4-5"],
  // Gateways
  ["anthropic/claude-opus-4.5", "claude-opus-4-5"],
  ["openrouter/anthropic/claude-3.5-haiku", "claude-3-5-haiku"],
  ["vertex_ai/claude-haiku-4-5@20251001", "claude-haiku-4-5"],
])("%s is %s", (name, id) => {
  expect(modelName(name)).toEqual({ id, exact: true, regional: false });
});

test.each([
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"],
  ["eu.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"],
  ["apac.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"],
  ["us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"],
  ["bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"],
  [
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-20250514-v1:0",
    "claude-opus-4",
  ],
])("%s is %s, kept in a region", (name, id) => {
  expect(modelName(name)).toEqual({ id, exact: true, regional: true });
});

test.each([
  ["claude-opus-4-5-turbo", "claude-opus-4-5"],
  ["claude-haiku-4-5:thinking", "claude-haiku-4-5"],
  ["my-claude-haiku-4-5-proxy", "claude-haiku-4-5"],
  ["anthropic/claude-opus-4.6-fast", "claude-opus-4-6"],
])("%s contains %s and may be another model", (name, id) => {
  expect(modelName(name)).toEqual({ id, exact: false, regional: false });
});

test("a newer version is not the older one that its name begins with", () => {
  for (const name of ["claude-sonnet-5-6", "claude-opus-4-15", "claude-haiku-12"])
    expect(modelName(name).id).toBe(name);
});

test("other models keep their names", () => {
  for (const name of ["gpt-5", "MiniMax-M2.7", "claude-zeppelin", "", " ", "arn:aws:bedrock:x/abc"])
    expect(modelName(name)).toMatchObject({ id: name, regional: false });
});
