/**
 * Limits that CI checks: the time of a render as a ratio to an empty program, and the size of the binary. The limits
 * are far above today's values, because CI machines are noisy: they catch mistakes, not small regressions.
 */
import { statSync } from "node:fs";
import { BINARY } from "../helpers/binary.ts";
import { prepareRenders } from "./display.ts";
import { measure, report, verdict, workspace } from "./harness.ts";

const RENDER_RATIO = 2.5;
const MEMORY_MB = 60;
/** What the binary may add to an empty program of the same Bun. */
const OWN_MB = 10;

/** Check the limits. Sets the exit code to 1 when one is exceeded. */
export async function checkBudget(): Promise<void> {
  using work = workspace();
  const { floor, display } = await prepareRenders(work);
  const [base, render] = measure([floor, display], { rounds: 60 });
  if (!base || !render) throw new Error("no measurements");
  report("A render with full state", [base, render]);
  const sizeOf = (path = "") => statSync(path).size / 1e6;
  const within = [
    verdict("a render against an empty program", render.medianMs / base.medianMs, RENDER_RATIO),
    verdict("peak memory of a render", render.peakMb, MEMORY_MB, " MB"),
    verdict("our part of the binary", sizeOf(BINARY) - sizeOf(floor.argv[0]), OWN_MB, " MB"),
  ];
  if (within.includes(false)) process.exitCode = 1;
}
