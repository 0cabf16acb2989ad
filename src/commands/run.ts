import type { Command } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { sayError } from "../cli/say.ts";
import { rawTail, restoreInherited } from "../os/ffi/inherited.ts";
import { shownSignal, signalName } from "../os/run/signals.ts";
import { supervise } from "../os/run/supervise.ts";
import type { Supervised } from "../os/run/supervised-command.ts";
import {
  exitAs,
  readDuration,
  readEnding,
  requireStarted,
  shellStatus,
  USUAL_SIGNALS,
} from "./supervised.ts";

export const run: Command = {
  name: "run",
  usage: ["[options] DURATION CMD [ARG…]"],
  about: "Run a command with a deadline that leaves nothing behind",
  details: `DURATION is a number and a unit: s (the default), m, h, d. 0 is no deadline. After it everything that the command
started gets the signal, and KILL when the grace has passed, until nothing is left: a grandchild that ignores TERM does
not survive. On Linux what double-forked into a session of its own is found and killed too. A command that ends by
itself may leave processes behind, as with timeout(1). Signals that end us are passed on.

In a terminal the command shares our job: editors, pagers, shells and password prompts work, also in a pipeline. Ctrl-Z
stops both and 'fg' or 'bg' continues both. The deadline counts wall-clock time: one that passes while the job is stopped
takes effect when it is continued. Terminal modes are restored after a command that was killed. Without a terminal the
command leads its own process group. With --foreground only the command itself is signalled, not what it started.

Exit codes: the command's; 124 its deadline passed or it wrote too much; 137 and KILL was needed; 125 we failed;
126 it cannot be executed; 127 it was not found; 2 usage. A command that died of a signal takes us along.

Example: plimsoll run --kill-after 2s --json outcome.json 30s make test`,
  stopAtOperand: true,
  operands: [undefined],
  moreOperands: "command",
  options: [
    {
      long: ["signal"],
      short: ["s"],
      value: "SIGNAL",
      completion: USUAL_SIGNALS,
      about: "What to send on the deadline (default TERM)",
    },
    {
      long: ["kill-after"],
      short: ["k"],
      value: "DURATION",
      about:
        "From the signal to KILL (default 5s; 0: never); given, it also follows a signal that was passed on",
    },
    { long: ["max-output"], value: "BYTES", about: "End the command when it has written more than this" },
    { long: ["json"], value: "FILE", completion: "file", about: "Write the outcome to FILE as JSON" },
    { long: ["preserve-status"], short: ["p"], about: "Exit as the command did, even after the deadline" },
    { long: ["foreground"], short: ["f"], about: "Signal only the command itself" },
    { long: ["verbose"], short: ["v"], about: "Say on stderr what is sent" },
  ],
  async run(options) {
    const [time, ...command] = options.operands;
    const [name] = command;
    if (time === undefined || name === undefined)
      throw new UsageError("a duration and a command are needed", SEE_HELP);
    const maxOutputBytes = readBytes(options.get("max-output"));
    restoreInherited();
    const supervised = await supervise({
      argv: rawTail(command),
      durationMs: readDuration(time),
      ...readEnding(options),
      foreground: options.has("foreground"),
      ...(maxOutputBytes !== undefined && { maxOutputBytes }),
      ...(options.has("verbose") && {
        onSend: (signal) => sayError(`plimsoll: sending ${shownSignal(signal)} to '${name}'`),
      }),
    });
    const outcome = requireStarted(supervised, name);
    const file = options.get("json");
    if (file !== undefined) await writeOutcome(file, command, outcome);
    if (outcome.reason === "output") sayError(`plimsoll: '${name}' wrote more than ${maxOutputBytes} bytes`);
    return exitAs(outcome, options.has("preserve-status"));
  },
};

const SEE_HELP = "see 'plimsoll run --help'";

function readBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,15})([kMG]?)$/.exec(text);
  if (!match)
    throw new UsageError(
      `'${text}' is no number of bytes`,
      "a whole number, with k, M or G for powers of 1024",
    );
  return Number(match[1]) * 1024 ** ["", "k", "M", "G"].indexOf(match[2] ?? "");
}

const REASONS = {
  ended: "exited",
  deadline: "timedOut",
  output: "outputTooLarge",
  forwarded: "forwarded",
} as const;

/** Only who asks for it pays for node:fs. */
async function writeOutcome(
  file: string,
  command: readonly string[],
  outcome: Extract<Supervised, { kind: "ended" }>,
): Promise<void> {
  const { status } = outcome;
  const died = status.kind === "signaled";
  const fields = {
    command,
    /** exited, signaled, timedOut, outputTooLarge, or forwarded: a signal that we got was passed on. */
    reason: outcome.reason === "ended" && died ? "signaled" : REASONS[outcome.reason],
    exitCode: died ? null : status.code,
    /** The signal that the command died of, by name. */
    signal: died ? signalName(status.signal) : null,
    /** The last signal that it was sent. */
    sent: outcome.lastSignal === 0 ? null : signalName(outcome.lastSignal),
    escalated: outcome.escalated,
    shellStatus: shellStatus(outcome),
    elapsedMs: Math.round(outcome.elapsedMs),
    /** null: less than our own 40 MB or so, which the kernel does not tell apart. */
    peakMemoryBytes: outcome.peakMemoryBytes ?? null,
  };
  try {
    const { writeFileSync } = await import("node:fs");
    writeFileSync(file, `${toJson(fields)}\n`);
  } catch (error) {
    // The command has run: its own exit code counts for more than our report of it.
    sayError(`plimsoll: cannot write the outcome: ${(error as Error).message}`);
  }
}
