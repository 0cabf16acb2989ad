/** Sums of money from the ledger, as segments show them. */
import { totalTokens } from "../claude/token-counts.ts";
import type { LocalTime } from "../os/ffi/time.ts";
import type { Spend } from "../state/spend.ts";
import { money } from "./look/format.ts";

/** The sum, marked when it is an estimate, or not all of it is known yet. */
export function spent({ costUsd, priced }: Spend, partial = false): string {
  const text = money(costUsd, priced);
  return partial && !text.startsWith(">") ? `>${text}` : text;
}

/** Neither money nor tokens. */
export const isNothing = (spend: Spend): boolean => spend.costUsd === 0 && totalTokens(spend) === 0;

/** The local day as the ledger writes it: "2026-11-21". */
export function localDay(time: LocalTime | undefined): string | undefined {
  if (!time) return undefined;
  const two = (value: number) => `${value < 10 ? "0" : ""}${value}`;
  return `${time.year}-${two(time.month)}-${two(time.day)}`;
}
