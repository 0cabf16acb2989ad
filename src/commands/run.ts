import type { Command } from "../cli/command.ts";
import { UsageError } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { reportError } from "../cli/output.ts";
import { rawTail, restoreInherited } from "../os/ffi/inherited.ts";
import { shownSignal, signalName } from "../os/run/signals.ts";
import { supervise } from "../os/run/supervise.ts";
import type { SupervisedEnd } from "../os/run/supervised-command.ts";
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
  about: "Run a command with a deadline, and leave no process behind",
  details: `DURATION is a number and a unit: s (the default), m, h, d. 0 is no deadline. At the deadline the signal is sent to
everything that the command started, then KILL after the grace, until nothing is left: a grandchild that ignores TERM
does not survive. On Linux, processes that double-forked into a session of their own are found and killed too. A command
that exits before the deadline may leave processes behind, as with timeout(1). Signals that end plimsoll are forwarded.

In a terminal the command shares the job of plimsoll: editors, pagers, shells and password prompts work, also in a
pipeline. Ctrl-Z stops both, and 'fg' or 'bg' continues both. The deadline is wall-clock time: if it passes while the
job is stopped, it takes effect when the job is continued. Terminal modes are restored after a command was killed.
Without a terminal the command leads its own process group. With --foreground only the command itself is signalled, not
its descendants.

Exit codes: the command's; 124 its deadline passed or it wrote too much; 137 the same, and KILL was needed; 125 plimsoll
failed; 126 it cannot be executed; 127 it was not found; 2 usage. If the command dies of a signal, so does plimsoll.

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
      about: "Signal to send at the deadline (default TERM)",
    },
    {
      long: ["kill-after"],
      short: ["k"],
      value: "DURATION",
      about: "From the signal to KILL (default 5s; 0: never); if given, also after a forwarded signal",
    },
    { long: ["max-output"], value: "BYTES", about: "End the command when it writes more than this" },
    { long: ["json"], value: "FILE", completion: "file", about: "Write the outcome to FILE as JSON" },
    {
      long: ["preserve-status"],
      short: ["p"],
      about: "Exit with the command's status, even after the deadline",
    },
    { long: ["foreground"], short: ["f"], about: "Signal only the command itself" },
    { long: ["verbose"], short: ["v"], about: "Report on stderr which signals are sent" },
  ],
  async run(options) {
    const [time, ...command] = options.operands;
    const [name] = command;
    if (time === undefined || name === undefined)
      throw new UsageError("a duration and a command are required", SEE_HELP);
    const maxOutputBytes = readBytes(options.get("max-output"));
    restoreInherited();
    const supervised = await supervise({
      argv: rawTail(command),
      durationMs: readDuration(time),
      ...readEnding(options),
      foreground: options.has("foreground"),
      ...(maxOutputBytes !== undefined && { maxOutputBytes }),
      ...(options.has("verbose") && {
        onSend: (signal) => reportError(`plimsoll: sending ${shownSignal(signal)} to '${name}'`),
      }),
    });
    const outcome = requireStarted(supervised, name);
    const file = options.get("json");
    if (file !== undefined) await writeOutcome(file, command, outcome);
    if (outcome.reason === "output")
      reportError(`plimsoll: '${name}' wrote more than ${maxOutputBytes} bytes`);
    return exitAs(outcome, options.has("preserve-status"));
  },
};

const SEE_HELP = "see 'plimsoll run --help'";

function readBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,15})([kMG]?)$/.exec(text);
  if (!match)
    throw new UsageError(
      `invalid number of bytes '${text}'`,
      "use a whole number, with k, M or G for powers of 1024",
    );
  return Number(match[1]) * 1024 ** ["", "k", "M", "G"].indexOf(match[2] ?? "");
}

const REASONS = {
  ended: "exited",
  deadline: "timedOut",
  output: "outputTooLarge",
  forwarded: "forwarded",
} as const;

/** Loads node:fs on demand. */
async function writeOutcome(file: string, command: readonly string[], outcome: SupervisedEnd): Promise<void> {
  const { status } = outcome;
  const died = status.kind === "signaled";
  const fields = {
    command,
    /** exited, signaled, timedOut, outputTooLarge, or forwarded: a signal was forwarded. */
    reason: outcome.reason === "ended" && died ? "signaled" : REASONS[outcome.reason],
    exitCode: died ? null : status.code,
    signal: died ? signalName(status.signal) : null,
    /** The last signal sent to it. */
    sent: outcome.lastSignal === 0 ? null : signalName(outcome.lastSignal),
    escalated: outcome.escalated,
    shellStatus: shellStatus(outcome),
    elapsedMs: Math.round(outcome.elapsedMs),
    /** null: less than our own, about 40 MB, which the kernel does not distinguish. */
    peakMemoryBytes: outcome.peakMemoryBytes ?? null,
  };
  try {
    const { writeFileSync } = await import("node:fs");
    writeFileSync(file, `${toJson(fields)}\n`);
  } catch (error) {
    // The command has run: its exit code matters more than this report.
    reportError(`plimsoll: cannot write the outcome: ${(error as Error).message}`);
  }
}
