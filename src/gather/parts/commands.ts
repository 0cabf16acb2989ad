import type { CommandConfig } from "../../config/config.ts";
import { runBounded } from "../../os/run/subprocess.ts";
import { dueCommands } from "../../state/due.ts";
import { oneLine } from "../../state/log.ts";
import type { CommandFacts, CommandsFacts } from "../../state/parts.ts";
import { withoutUndefined } from "../../state/shape.ts";
import type { Gather, Pass } from "../part.ts";
import { failureOf } from "../subprocess-error.ts";

const OUTPUT_LIMIT = 64 * 1024;
const LINE_LIMIT = 200;
const GRACE_MS = 100;
const CONCURRENCY = 4;

/** The user's own commands from the configuration: no shell, a deadline each, the first line of output kept. */
export const gatherCommands: Gather<"commands"> = async ({ parts, cwd }, pass) => {
  const { commands } = pass.config;
  const known = parts.commands?.value ?? {};
  // Only configured commands are kept.
  const facts: CommandsFacts = {};
  for (const name of Object.keys(commands)) if (known[name]) facts[name] = known[name];
  const due = pass.force ? Object.keys(commands) : dueCommands(parts.commands, pass.now, pass.config);
  const queue = due.values();
  const worker = async () => {
    for (const name of queue) {
      const command = commands[name];
      if (command) facts[name] = await run(name, command, known[name], cwd, pass);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return facts;
};

async function run(
  name: string,
  command: CommandConfig,
  before: CommandFacts | undefined,
  cwd: string | undefined,
  { env, trees, signal }: Pass,
): Promise<CommandFacts> {
  const [program, ...rest] = command.run;
  const outcome =
    program === undefined
      ? undefined
      : await runBounded({
          argv: [program, ...rest],
          ...(cwd === undefined ? {} : { cwd }),
          env,
          outside: trees,
          timeoutMs: command.deadlineMs,
          graceMs: GRACE_MS,
          maxOutputBytes: OUTPUT_LIMIT,
          utf8: "lossy",
          signal,
        });
  const triedAt = Date.now();
  const error = outcome === undefined ? `command '${name}' is empty` : failureOf(program ?? name, outcome);
  if (outcome === undefined || error !== undefined)
    return withoutUndefined({ text: "", gatheredAt: 0, ...before, triedAt, error });
  return { text: firstLine(outcome.stdout), gatheredAt: triedAt };
}

/** The first line that is not blank, without escape sequences. */
function firstLine(output: string): string {
  for (const line of Bun.stripANSI(output).split("\n")) {
    const text = oneLine(line, LINE_LIMIT);
    if (text !== "") return text;
  }
  return "";
}
