/** Repairs of the ledger: losses are reported until the user acknowledges them. */
import type { Database } from "bun:sqlite";
import { seal } from "./digest.ts";
import type { Recovered } from "./recovery.ts";
import type { Derived } from "./verify.ts";

export interface Repair {
  /** Unix milliseconds. */
  readonly at: number;
  /** Where the damaged file is kept; absent when derived data was rebuilt in place. */
  readonly movedTo?: string;
  readonly recovered: Recovered;
  /** What was rebuilt in place. */
  readonly rebuilt?: readonly Derived[];
}

/** Record a repair, within a transaction. Without a loss it needs no acknowledgement. */
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

/** Repairs with a loss that transcripts did not restore and the user did not acknowledge, oldest first. */
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
        recovered: withoutRestored(db, recovered),
        ...(rebuilt && { rebuilt }),
      };
    })
    .filter(({ recovered }) => recovered.lost);
}

function withoutRestored(db: Database, recovered: Recovered): Recovered {
  const { lostMessages, lostBills, nameless = 0, missing = [] } = recovered;
  if (lostMessages === undefined || lostBills === undefined) return recovered;
  const find = db.query("select 1 from messages where hash = ?");
  const again = missing.filter((hash) => find.get(hash) !== null).length;
  const left = Math.max(0, lostMessages - again);
  return { ...recovered, lostMessages: left, lost: left + lostBills + nameless > 0 };
}

/** @returns how many losses were acknowledged */
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

/** A repair, in a sentence. */
export function describeRepair({ movedTo, recovered, rebuilt }: Repair): string {
  if (movedTo === undefined)
    return `the ledger's ${(rebuilt ?? []).join(" and ")} did not agree with its messages; rebuilt from them, nothing was lost`;
  const { messages, bills, lost } = recovered;
  const saved = `${counted(messages, "message")} and ${counted(bills, "bill")} were recovered`;
  const rest = lost ? `${describeLoss(recovered)} from it` : "nothing was lost";
  return `the ledger was damaged; ${saved}, ${rest}; the damaged file is ${movedTo}`;
}

/** A loss, in a clause. */
export function describeLoss({ lostMessages, lostBills, nameless = 0 }: Recovered): string {
  const parts: string[] = [];
  if (lostMessages === undefined || lostBills === undefined)
    parts.push("an unknown number of messages and bills");
  else {
    if (lostMessages > 0) parts.push(counted(lostMessages, "message"));
    if (lostBills > 0) parts.push(counted(lostBills, "bill"));
  }
  if (nameless > 0) parts.push(`the session or model of ${counted(nameless, "message")}`);
  return `${parts.join(" and ")} could not be recovered`;
}

/** All losses in one line. */
export function lossNotice(repairs: readonly Repair[]): string | undefined {
  const [first, ...others] = repairs;
  if (!first) return undefined;
  const recovered = others.reduce((sum, { recovered }) => add(sum, recovered), first.recovered);
  const days = [...new Set(repairs.map(({ at }) => new Date(at).toISOString().slice(0, 10)))];
  return `${describeLoss(recovered)} from a damaged ledger on ${days.slice(0, 3).join(", ")}${days.length > 3 ? " …" : ""}`;
}

function add(one: Recovered, other: Recovered): Recovered {
  const { lostMessages, lostBills } = one;
  const known =
    lostMessages !== undefined &&
    lostBills !== undefined &&
    other.lostMessages !== undefined &&
    other.lostBills !== undefined;
  return {
    messages: one.messages + other.messages,
    bills: one.bills + other.bills,
    nameless: (one.nameless ?? 0) + (other.nameless ?? 0),
    lost: true,
    ...(known && {
      lostMessages: lostMessages + (other.lostMessages as number),
      lostBills: lostBills + (other.lostBills as number),
    }),
  };
}
