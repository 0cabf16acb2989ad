/** What a ledger says, in the shape of the truth that `makeHistory` tells. */
import type { Database } from "bun:sqlite";
import type { Ledger } from "../../src/ledger/index.ts";
import type { TrueMessage } from "../helpers/history.ts";

/** The ledger's database. What is done with it is not guarded against damage. */
export const dbOf = (ledger: Ledger): Database => ledger.read(({ db }) => db);

/** Every message, in order of time. */
export function messagesOf(ledger: Ledger): TrueMessage[] {
  return dbOf(ledger)
    .query(
      `select messages.id, sessions.name as session, sessions.project, models.name as model, at, input, output,
         read as cacheRead, write5m as cacheWrite5m, write1h as cacheWrite1h
       from messages join sessions on sessions.id = session join models on models.id = model order by at, messages.id`,
    )
    .all() as TrueMessage[];
}

/** The same sums by rollups as by messages: a ledger that agrees with itself. */
export function rollupsOf(ledger: Ledger): { fromRollups: unknown[]; fromMessages: unknown[] } {
  const sums = "sum(input), sum(output), sum(read), sum(write5m), sum(write1h), sum(searches)";
  return {
    fromRollups: dbOf(ledger)
      .query(
        `select session, model, sum(messages), min(first_at), max(last_at), ${sums} from rollups group by 1, 2 order by 1, 2`,
      )
      .values(),
    fromMessages: dbOf(ledger)
      .query(
        `select session, model, count(*), min(at), max(at), ${sums} from messages group by 1, 2 order by 1, 2`,
      )
      .values(),
  };
}
