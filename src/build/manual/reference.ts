/** What the manual says that no command says of itself: files, environment, examples. */
import {
  backupsDirectory,
  configPath,
  recordsDirectory,
  type StatePaths,
  statePaths,
} from "../../state/paths.ts";

type Row = readonly [term: string, meaning: string];

const STATE: Readonly<Record<keyof StatePaths, string>> = {
  root: "The state directory, for its owner alone. PLIMSOLL_STATE or XDG_STATE_HOME moves it.",
  sessions: "What was gathered of each session.",
  repos: "What was gathered of each git working tree.",
  accounts: "What was gathered of each account: a Claude Code directory.",
  locks: "Named locks, and notes on who holds a lock.",
  ledger: "Every assistant message ever seen: the only durable data, and never deleted.",
  log: "What background passes said; the one before is kept beside it.",
  configCache: "The checked form of the configuration.",
  lastPayload: "The newest payload, for plimsoll doctor to replay.",
};

/** @returns the files that the program keeps, as they are without any variable set */
export function files(): Row[] {
  const env = { HOME: "/~" };
  const tilde = (path: string | undefined) => (path as string).slice(1);
  const paths = statePaths(env) as StatePaths;
  const state = Object.entries(STATE) as [keyof StatePaths, string][];
  return [
    [
      tilde(configPath(env)),
      "The configuration, JSON with comments. PLIMSOLL_CONFIG or XDG_CONFIG_HOME moves it.",
    ],
    ...state.map(([name, about]): Row => [tilde(paths[name]), about]),
    [tilde(recordsDirectory(paths)), "What plimsoll setup changed, so that it can take it back."],
    [tilde(backupsDirectory(paths)), "Claude Code's settings as they were before each change."],
  ];
}

/** The variables that the program reads. */
export const ENVIRONMENT: readonly Row[] = [
  ["PLIMSOLL_CONFIG", "The configuration file, an absolute path."],
  ["PLIMSOLL_STATE", "The state directory, an absolute path."],
  ["PLIMSOLL_NO_GATHER", "When it is not empty, display draws and starts nothing."],
  [
    "XDG_CONFIG_HOME, XDG_STATE_HOME",
    "Where directories for configuration and state are, as the XDG specification has it.",
  ],
  ["CLAUDE_CONFIG_DIR", "The Claude Code directories, separated by commas, instead of ~/.claude."],
  [
    "CLAUDE_CODE_SESSION_ID, CLAUDE_PROJECT_DIR, CLAUDE_EFFORT",
    "Set by Claude Code; used where the payload does not come.",
  ],
  ["COLUMNS, LINES", "The terminal's size, set by Claude Code."],
  ["NO_COLOR", "When it is not empty, nothing is coloured."],
  ["TERM, COLORTERM, COLORFGBG", "What colours the terminal has, and whether its background is dark."],
  ["FORCE_HYPERLINK", "Whether the terminal shows links: 0 or 1."],
];

/** Command lines worth knowing, behind what each does. */
export const EXAMPLES: readonly Row[] = [
  ["Say what each segment of the line shows, or why it is absent:", "plimsoll explain < payload.json"],
  [
    "Write a configuration to start from, and change it with a live preview:",
    "plimsoll config init --preset developer && plimsoll config edit",
  ],
  [
    "What was used since the first of the month, by day and model:",
    "plimsoll usage daily --since 2026-11-01 --breakdown",
  ],
  ["Copy, one at a time, whoever starts it:", "plimsoll lock run backup -- rsync -a src/ dst/"],
  [
    "Run the tests, and leave nothing behind after half a minute:",
    "plimsoll run --kill-after 2s 30s make test",
  ],
];
