/** Cost and tokens over some span of time: the fields that usage of a session, a day and a block share. */
import { flag, type Infer, number, object, optional } from "./shape.ts";

/** How sure a cost is. */
export type Priced = "exact" | "estimated" | "unpriced";

const priced = (value: unknown): value is Priced =>
  value === "exact" || value === "estimated" || value === "unpriced";

export const spendFields = {
  costUsd: number,
  priced,
  /** The share of `costUsd` that the client billed and no transcript line explains. */
  unattributedUsd: number,
  inputTokens: number,
  outputTokens: number,
  cacheReadTokens: number,
  cacheWriteTokens: number,
  /** Some billed requests have no known token counts: the counts are a lower bound. */
  tokensMissing: optional(flag),
};

export const spend = object(spendFields);
export type Spend = Infer<typeof spend>;
