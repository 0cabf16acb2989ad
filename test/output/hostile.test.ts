/** Every command, in every form of output, in a world of hostile names: nothing of it reaches a terminal raw. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { BINARY } from "../helpers/binary.ts";
import { type CommandLine, commandLines, isChanging } from "./lines.ts";
import { type HostileWorld, hostileWorld } from "./world.ts";

setDefaultTimeout(600_000);

const HARMFUL =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Variation_Selector}\u3164\u{e0000}-\u{e0fff}]|[\ufffe\uffff]/u;
/** A line or a cell that a name began. */
const FORGED = /^FORGED|\tTAB/m;
/** Rows of the status line have colours of their own, and joiners in their icons; none of them blinks. */
const ROWS = /^(display|preview|setup)\b/;
const OUR_ROWS = /\x1b\[(?!5;41m)[\d;]*m|\x1b\]8;;[\x21-\x7e]*\x1b\\|[\u200d\ufe0f]/g;

/** @returns what is wrong with the output, or undefined */
function fault(bytes: Uint8Array, rows: boolean): string | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "it is not UTF-8";
  }
  const found = HARMFUL.exec(rows ? text.replace(OUR_ROWS, "") : text) ?? FORGED.exec(text);
  return found
    ? `U+${found[0].codePointAt(0)?.toString(16)} in ${JSON.stringify(around(text, found[0]))}`
    : undefined;
}

const around = (text: string, part: string) =>
  text.slice(Math.max(0, text.indexOf(part) - 60), text.indexOf(part) + 40);

async function faults({ env, cwd, payload }: HostileWorld, { args, as }: CommandLine): Promise<string[]> {
  const child = Bun.spawn([BINARY, ...args], {
    env,
    cwd,
    stdin: Buffer.from(payload),
    stdout: "pipe",
    stderr: "pipe",
    timeout: 30_000,
    ...(as === undefined ? {} : { argv0: as }),
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).bytes(),
  ]);
  await child.exited;
  const name = JSON.stringify([as ?? "plimsoll", ...args].map((word) => word.slice(0, 24)).join(" "));
  const rows = as === undefined && ROWS.test(args[0] ?? "");
  return [fault(stdout, rows), fault(stderr, false)].flatMap((wrong, index) =>
    wrong === undefined ? [] : [`${name} ${index === 0 ? "stdout" : "stderr"}: ${wrong}`],
  );
}

/** Several at a time, but for what changes the files that the others read. */
function batches(lines: readonly CommandLine[]): CommandLine[][] {
  const all: CommandLine[][] = [];
  for (const line of lines) {
    const last = all.at(-1);
    if (last && last.length < 4 && !isChanging(line) && !isChanging(last[0] as CommandLine)) last.push(line);
    else all.push([line]);
  }
  return all;
}

for (const config of ["good", "wrong", "broken"] as const)
  test(`nothing raw comes out of any command; the configuration is ${config}`, async () => {
    using here = await hostileWorld(config);
    const lines = await commandLines();
    expect(lines.length).toBeGreaterThan(250);
    const found: string[] = [];
    for (const some of batches(lines))
      found.push(...(await Promise.all(some.map((line) => faults(here, line)))).flat());
    expect(found).toEqual([]);
  });
