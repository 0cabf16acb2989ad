/** Cost and tokens over some span of time: the fields that usage of a session, a day and a block share. */
import { mapTokens } from "../claude/token-counts.ts";
import { flag, type Infer, number, object, optional } from "./shape.ts";

/** How sure a cost is. */
export type Priced = "exact" | "estimated" | "unpriced";

const priced = (value: unknown): value is Priced =>
  value === "exact" || value === "estimated" || value === "unpriced";

export const tokenFields = mapTokens(() => number);

export const spendFields = {
  costUsd: number,
  priced,
  /** The share of `costUsd` that the client billed and no transcript line explains. */
  unattributedUsd: number,
  ...tokenFields,
  /** Some billed requests have no known token counts: the counts are a lower bound. */
  tokensMissing: optional(flag),
};

export const spend = object(spendFields);
export type Spend = Infer<typeof spend>;
