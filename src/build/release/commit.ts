import { join } from "node:path";
import { $ } from "bun";

const ROOT = join(import.meta.dir, "../../..");

/** The commit the tree stands at, with `+` when it differs from it; "unknown" outside a checkout. */
export async function headCommit(): Promise<string> {
  const head = await $`git -C ${ROOT} rev-parse --short=12 HEAD`.quiet().nothrow();
  if (head.exitCode !== 0) return "unknown";
  const changes = await $`git -C ${ROOT} --no-optional-locks status --porcelain`.quiet().nothrow();
  return head.text().trim() + (changes.text().trim() === "" ? "" : "+");
}

/** From when on files can be; tar(1) takes anything before 1980 for a mistake. */
const LONG_AGO_S = 315_532_800;

/**
 * The time that what is built carries, so that building twice gives the same bytes: SOURCE_DATE_EPOCH
 * (reproducible-builds.org), else the commit's, else 1980.
 * @returns seconds since 1970
 */
export async function commitTime(): Promise<number> {
  if (/^\d+$/.test(process.env.SOURCE_DATE_EPOCH ?? "")) return Number(process.env.SOURCE_DATE_EPOCH);
  const time = await $`git -C ${ROOT} log -1 --format=%ct`.quiet().nothrow();
  return time.exitCode === 0 ? Number(time.text()) : LONG_AGO_S;
}
