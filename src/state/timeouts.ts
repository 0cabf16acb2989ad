/**
 * Every time limit of a render and of a pass, and those of other commands that follow from them. Deadlines of single
 * parts are in `parts.ts`. All are milliseconds.
 */

/** A render waits this long for a payload on stdin. The client sends it at once. */
export const PAYLOAD_WAIT_MS = 200;

/** The rows of subagents are drawn once a second: their renderer waits this long for its input. */
export const SUBAGENTS_WAIT_MS = 500;

/** The kernel ends a render after this long, however busy it is. */
export const DISPLAY_DEADLINE_MS = 550;

/** A pass started by hand waits this long for a payload on a pipe that stays silent. */
export const GATHER_PAYLOAD_WAIT_MS = 1_000;

/** A pass then kills what it started, and writes what it has. */
export const PASS_DEADLINE_MS = 30_000;

/** The default of `gather --reindex`. */
export const REINDEX_DEADLINE_MS = 600_000;

/** The kernel ends a pass this much after its deadline. */
export const KILL_DELAY_MS = 1_000;

/** A pass that began longer ago is over, whatever its state file says. */
export const PASS_KILL_MS = PASS_DEADLINE_MS + KILL_DELAY_MS;

/** A pass that holds a lock longer than this hangs. */
export const PASS_HANGS_MS = PASS_KILL_MS + 1_000;

/** Another command that runs a pass and waits for it allows this long, process start included. */
export const PASS_RUN_MS = PASS_DEADLINE_MS + 5_000;

/** After its signal aborted, a part has this long to stop what it started. */
export const PART_STOP_MS = 700;

/** One call of git; a repository that needs longer is looked at without untracked files. */
export const GIT_TIMEOUT_MS = 1_000;

/** Sweeping old files within a pass stops after this long; the next sweep continues. */
export const SWEEP_MS = 2_000;

/** The first back-off after a pass that failed as a whole; it doubles up to the limit. */
export const FIRST_BACK_OFF_MS = 5_000;
export const BACK_OFF_LIMIT_MS = 60_000;

/** A new bill starts a pass at most this often. */
export const BILL_INTERVAL_MS = 2_000;

/**
 * A running pass also gathers parts that are due within this share of their time to live, up to the limit: the start of
 * another pass costs more than gathering them early.
 */
export const EARLY_SHARE = 1 / 3;
export const EARLY_LIMIT_MS = 2_000;

/** A finished part waits this long for others that can be written with it. */
export const SAVE_DELAY_MS = 100;

/** Clocks of two processes may differ by this much; a time further ahead comes from a clock that was set back. */
export const CLOCK_SLACK_MS = 1_000;

/** An index that takes longer continues in the next pass; until it is complete, figures are marked partial. */
export const INDEX_MS = 20_000;

/** Finding transcripts in the Claude directories is cut off after this long; figures are then marked partial. */
export const FIND_TRANSCRIPTS_MS = 10_000;

/** How long a forced pass, and a session that the ledger does not know yet, wait for another pass's index. */
export const INDEX_WAIT_MS = 2_000;

/** How long a session's figure waits for the index: the session's newest lines are read first. */
export const SESSION_INDEX_WAIT_MS = 1_500;

/** How long a repair waits for a pass that is indexing. */
export const REPAIR_WAIT_MS = PASS_DEADLINE_MS - 5_000;

/** How long a repair reads transcripts; passes read the rest. */
export const REPAIR_INDEX_MS = 60_000;

/** How long `setup` waits for another `setup`. */
export const SETUP_WAIT_MS = 5_000;

/** A check of `doctor` that takes longer is abandoned. */
export const CHECK_DEADLINE_MS = 8_000;

/** The whole of `selftest`: ten times what it needs on a slow machine; and one run of the program in it. */
export const SELFTEST_DEADLINE_MS = 20_000;
export const SELFTEST_RUN_MS = 5_000;
