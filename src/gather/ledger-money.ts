import type { Handover } from "../state/handover.ts";
import type { StatePaths } from "../state/paths.ts";
import type { Money } from "./money.ts";
import type { GatherSettings } from "./part.ts";

export interface MoneyOptions {
  readonly paths: StatePaths;
  readonly request: Handover;
  readonly settings: GatherSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reindex?: boolean;
  readonly now: number;
  note(message: string): void;
  onProgress?(text: string): void;
}

/** Placeholder until the ledger lands. */
export function openMoney(_options: MoneyOptions): Money {
  const missing = () => Promise.reject(new Error("there is no ledger yet"));
  return { index: () => Promise.resolve(), account: missing, session: missing, close: () => {} };
}
