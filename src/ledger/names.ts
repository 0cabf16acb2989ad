/** The names that a ledger has. */
import type { Database } from "bun:sqlite";
import { loadRollups, type Pricing } from "./sums.ts";

export interface Names {
  readonly projects: string[];
  /** As reports have them. */
  readonly models: string[];
}

/** Every project and model, in order. */
export function namesIn(db: Database, pricing: Pricing): Names {
  const projects = db.query("select distinct project from sessions where project <> '' order by 1").values();
  const rollups = loadRollups(db, "true group by model, class");
  const models = new Set(rollups.map((rollup) => pricing.modelLabel(rollup)));
  return { projects: projects.flat() as string[], models: [...models].sort() };
}
