/** Repairs of the ledger: what was lost stays a notice until the user has acknowledged it. */
import type { Database } from "bun:sqlite";
import { seal } from "./digest.ts";
import type { Recovered } from "./recovery.ts";
import type { Derived } from "./verify.ts";

/** What was done about a ledger that was damaged. */
export interface Repair {
  /** Unix milliseconds. */
  readonly at: number;
  /** Where the damaged file is kept; absent when only what can be derived was made again, in place. */
  readonly movedTo?: string;
  readonly recovered: Recovered;
  /** What was made again in place. */
  readonly rebuilt?: readonly Derived[];
}

/** Keep a repair in the ledger; one without a loss needs no acknowledgement. Within a transaction. */
export function recordRepair(db: Database, { at, movedTo, recovered, rebuilt }: Repair): void {
  const report = JSON.stringify({ recovered, ...(rebuilt && { rebuilt }) });
  db.query("insert into repairs (at, kept, report, acknowledged) values (?, ?, ?, ?)").run(
    Math.round(at),
    movedTo ?? "",
    report,
    recovered.lost ? 0 : 1,
  );
  seal(db);
}

/** Repairs with a loss that no transcript has made good and that the user has not acknowledged, the oldest first. */
export function unacknowledged(db: Database): Repair[] {
  const rows = db
    .query("select at, kept, report from repairs where acknowledged = 0 order by at, id")
    .values();
  return (rows as [number, string, string][])
    .map(([at, movedTo, report]) => {
      const { recovered, rebuilt } = JSON.parse(report) as Pick<Repair, "recovered" | "rebuilt">;
      return {
        at,
        ...(movedTo === "" ? {} : { movedTo }),
        recovered: lessWhatCameAgain(db, recovered),
        ...(rebuilt && { rebuilt }),
      };
    })
    .filter(({ recovered }) => recovered.lost);
}

function lessWhatCameAgain(db: Database, recovered: Recovered): Recovered {
  const { lostMessages, lostBills, missing = [] } = recovered;
  if (lostMessages === undefined || lostBills === undefined) return recovered;
  const find = db.query("select 1 from messages where hash = ?");
  const again = missing.filter((hash) => find.get(hash) !== null).length;
  const left = Math.max(0, lostMessages - again);
  return { ...recovered, lostMessages: left, lost: left + lostBills > 0 };
}

/** @returns how many notices ended */
export function acknowledge(db: Database): number {
  return db
    .transaction(() => {
      const { changes } = db.run("update repairs set acknowledged = 1 where acknowledged = 0");
      seal(db);
      return changes;
    })
    .immediate();
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** What a repair did, in a sentence. */
export function describeRepair({ movedTo, recovered, rebuilt }: Repair): string {
  if (movedTo === undefined)
    return `the ledger's ${(rebuilt ?? []).join(" and ")} did not agree with its messages; made again from them, nothing was lost`;
  const { messages, bills, lost } = recovered;
  const saved = `${counted(messages, "message")} and ${counted(bills, "bill")} were recovered`;
  const rest = lost ? `${describeLoss(recovered)} from it` : "nothing was lost";
  return `the ledger was damaged; ${saved}, ${rest}; the damaged file is ${movedTo}`;
}

/** What could not be recovered, in a clause. */
export function describeLoss({ lostMessages, lostBills }: Recovered): string {
  if (lostMessages === undefined || lostBills === undefined)
    return "an unknown number could not be recovered";
  const parts = [
    ...(lostMessages > 0 ? [counted(lostMessages, "message")] : []),
    ...(lostBills > 0 ? [counted(lostBills, "bill")] : []),
  ];
  return `${parts.join(" and ")} could not be recovered`;
}

/** One line for all notices; undefined when there are none. */
export function lossNotice(repairs: readonly Repair[]): string | undefined {
  if (repairs.length === 0) return undefined;
  const known = repairs.every(({ recovered }) => recovered.lostMessages !== undefined);
  const sum = (key: "lostMessages" | "lostBills") =>
    repairs.reduce((total, { recovered }) => total + (recovered[key] ?? 0), 0);
  const loss = describeLoss(
    known
      ? { messages: 0, bills: 0, lost: true, lostMessages: sum("lostMessages"), lostBills: sum("lostBills") }
      : { messages: 0, bills: 0, lost: true },
  );
  const days = [...new Set(repairs.map(({ at }) => new Date(at).toISOString().slice(0, 10)))];
  return `${loss} from a damaged ledger on ${days.slice(0, 3).join(", ")}${days.length > 3 ? " …" : ""}`;
}
