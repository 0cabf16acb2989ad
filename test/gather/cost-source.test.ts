/** The cost source of a pass: opened when a part first asks, never after the end of the pass. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { costSource } from "../../src/gather/cost/source.ts";
import type { CostContext } from "../../src/gather/part.ts";
import { world } from "./world.ts";

test("a pass in which no part asks for cost does not create the ledger; after its end none can ask", async () => {
  using here = world();
  const context = {
    paths: here.paths,
    config: { refresh: {}, commands: {}, prices: {}, billing: { source: "ledger" } },
    request: { payload: {} },
    env: here.box.env,
  } as unknown as CostContext;
  const cost = costSource(context);
  expect(existsSync(here.paths.ledger)).toBe(false);
  await cost.close();
  await expect(cost.index()).rejects.toThrow("the pass has ended");
  expect(existsSync(here.paths.ledger)).toBe(false);
});
