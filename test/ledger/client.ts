/** A model of the client's bills: what it writes into transcripts, and what its payloads say. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Ledger } from "../../src/ledger/index.ts";
import { happened, type Said as Line, said, writeLines } from "./lines.ts";

const MODEL = "claude-opus-4-5";
/** A thousand output tokens of that model. USD. */
const USD = 0.025;

/** A bill as a `cost-state` line has it. */
interface Bill {
  usd: number;
  tokens: number;
  readonly since: number;
}

export class Client {
  readonly directory: string;
  readonly ledger: Ledger | undefined;
  /** What the API billed in all. */
  readonly billed = { usd: 0, tokens: 0 };
  /** When each client that started from zero began to count. */
  readonly starts: number[] = [];
  now = Date.UTC(2026, 10, 20, 8);
  #runs = 0;
  /** The messages of each session's transcript, and its newest bill. */
  readonly histories = new Map<string, { messages: Line[]; bill: Bill | undefined }>();

  constructor(directory: string, ledger?: Ledger) {
    this.directory = directory;
    this.ledger = ledger;
  }

  pathOf(session: string): string {
    return join(this.directory, `projects/-home-dev-proj/${session}.jsonl`);
  }

  /** @param since when it begins to count, if not now */
  start(name: string, since?: number): Talk {
    this.histories.set(name, { messages: [], bill: undefined });
    return this.#run(name, undefined, [], since);
  }

  /** `--resume name` */
  resume(name: string): Talk {
    return this.#run(name, this.histories.get(name)?.bill, []);
  }

  /** `--resume parent --fork-session`: the transcript begins with the first message. */
  fork(parent: string, name: string): Talk {
    const from = this.histories.get(parent);
    this.histories.set(name, { messages: [], bill: undefined });
    return this.#run(name, from?.bill, from?.messages ?? []);
  }

  #run(name: string, bill: Bill | undefined, copied: readonly Line[], since?: number): Talk {
    // Two clients are not started within seconds of each other.
    this.now += 60_000;
    if (!bill) this.starts.push(since ?? this.now);
    return new Talk(
      this,
      name,
      `run${++this.#runs}`,
      bill ?? { usd: 0, tokens: 0, since: since ?? this.now },
      copied,
    );
  }
}

/** One run of the client. */
export class Talk {
  readonly name: string;
  readonly #client: Client;
  readonly #run: string;
  readonly #bill: Bill;
  #copied: readonly Line[];

  constructor(client: Client, name: string, run: string, bill: Bill, copied: readonly Line[]) {
    this.#client = client;
    this.name = name;
    this.#run = run;
    this.#bill = { ...bill };
    this.#copied = copied;
  }

  /** A message of so many thousand output tokens. */
  say(thousands: number): this {
    this.#spend(thousands);
    const id = `msg_${this.name}_${this.#client.now}`;
    const line = { id, at: new Date(this.#client.now).toISOString(), model: MODEL, output: thousands * 1000 };
    this.#write([...this.#copied, line]);
    this.#copied = [];
    return this;
  }

  /** `/compact`: it is billed as no message. Forks begin with what is kept of the messages before it. */
  compact(thousands: number): this {
    this.#spend(thousands);
    this.#write(this.#copied);
    this.#copied = [];
    const history = this.#client.histories.get(this.name);
    if (history) history.messages = history.messages.slice(-1);
    writeLines(this.#client.pathOf(this.name), [happened(new Date(this.#client.now).toISOString())]);
    return this;
  }

  /** A payload with the bill so far. */
  show(): this {
    this.#client.now += 1_000;
    this.#client.ledger?.recordBill(
      this.name,
      { totalUsd: this.#bill.usd, run: this.#run },
      this.#client.now,
    );
    this.#client.now += 20_000;
    return this;
  }

  /** `/branch`: a copy of the transcript under a new id, with a bill of its own. */
  branch(name: string): Talk {
    const { messages } = this.#client.histories.get(this.name) as { messages: Line[] };
    this.exit();
    const talk = this.#client.start(name);
    talk.#copied = messages;
    return talk;
  }

  /** The client writes its bill when it ends. */
  exit(): void {
    const history = this.#client.histories.get(this.name);
    // A session without a message has no transcript.
    if (!history || !existsSync(this.#client.pathOf(this.name))) return;
    history.bill = { ...this.#bill };
    writeLines(this.#client.pathOf(this.name), [this.#billLine()]);
  }

  kill(): void {
    this.#client.now += 1_000;
  }

  #billLine(): string {
    const { usd, tokens, since } = this.#bill;
    return JSON.stringify({
      type: "cost-state",
      sessionId: this.name,
      totalCostUSD: usd,
      startTime: since,
      modelUsage: { [MODEL]: { outputTokens: tokens, costUSD: usd } },
    });
  }

  #spend(thousands: number): void {
    this.#client.now += 30_000;
    for (const sum of [this.#bill, this.#client.billed]) {
      sum.usd += thousands * USD;
      sum.tokens += thousands * 1000;
    }
  }

  #write(lines: readonly Line[]): void {
    this.#client.histories.get(this.name)?.messages.push(...lines);
    writeLines(
      this.#client.pathOf(this.name),
      lines.map((line) => said({ ...line, session: this.name })),
    );
  }
}
