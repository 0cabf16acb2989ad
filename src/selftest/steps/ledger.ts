/** The same history as a report: another way to the same figures. */
import { expectEnd, expectSame, type Step, Unexpected } from "../step.ts";

export const ledger: Step = {
  name: "ledger",
  about: "a report of the ledger comes to the same sums",
  run: async ({ run, session }) => {
    const ended = await run(["usage", "session", "--json"]);
    expectEnd("the report", ended, "exit 0");
    const totals = totalsOf(ended.stdout);
    const { input, output, cacheRead, cacheWrite, costUsd } = session.truth;
    expectSame(
      "the report's tokens",
      [totals.inputTokens, totals.outputTokens, totals.cacheReadTokens, totals.cacheCreationTokens],
      [input, output, cacheRead, cacheWrite],
    );
    expectSame("the report's cost", totals.totalCost?.toFixed(6), costUsd.toFixed(6));
    return `$${costUsd} again`;
  },
};

type Totals = Readonly<Partial<Record<string, number>>>;

function totalsOf(json: string): Totals {
  try {
    return (JSON.parse(json) as { totals?: Totals }).totals ?? {};
  } catch (error) {
    throw new Unexpected("the report", "JSON", (error as Error).message);
  }
}
