import type { CommandConfig } from "../../config/config.ts";
import { runBounded } from "../../os/run/subprocess.ts";
import { commandsDue } from "../../state/due.ts";
import type { CommandFacts, CommandsFacts } from "../../state/schema.ts";
import type { GatherPart, Job } from "../part.ts";
import { plain } from "../plain.ts";
import { failureOf } from "../subprocess-error.ts";

const OUTPUT_LIMIT = 64 * 1024;
const LINE_LIMIT = 200;
const GRACE_MS = 100;
/** How many run at the same time. */
const AT_ONCE = 4;

/** The user's own commands from the configuration: no shell, a deadline each, one clean line of output kept. */
export const commands: GatherPart<"session"> = {
  name: "commands",
  scope: "session",
  about: "what the user's own commands print",
  async gather(job: Job<"session">): Promise<CommandsFacts> {
    const { state, settings, now } = job;
    const known = state.parts.commands?.value ?? {};
    // What is no longer configured is no longer kept.
    const facts: CommandsFacts = {};
    for (const name of Object.keys(settings.commands)) if (known[name]) facts[name] = known[name];
    const due = job.force ? Object.keys(settings.commands) : commandsDue(state.parts.commands, now, settings);
    const queue = due.values();
    const worker = async () => {
      for (const name of queue) {
        const command = settings.commands[name];
        if (command) facts[name] = await run(name, command, known[name], job);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return facts;
  },
};

async function run(
  name: string,
  command: CommandConfig,
  before: CommandFacts | undefined,
  { request, env, trees, signal }: Job<"session">,
): Promise<CommandFacts> {
  const [program, ...rest] = command.run;
  const outcome =
    program === undefined
      ? undefined
      : await runBounded({
          argv: [program, ...rest],
          ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
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
    return {
      text: before?.text ?? "",
      gatheredAt: before?.gatheredAt ?? 0,
      triedAt,
      ...(error && { error }),
    };
  return { text: firstLine(outcome.stdout), gatheredAt: triedAt };
}

/** The first line that has something on it, without escape sequences. */
function firstLine(output: string): string {
  for (const line of Bun.stripANSI(output).split("\n")) {
    const text = plain(line, LINE_LIMIT);
    if (text !== "") return text;
  }
  return "";
}
