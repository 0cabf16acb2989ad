import type { Head } from "../claude/head.ts";
import type { Payload } from "../claude/payload.ts";
import type { Config } from "../config/config.ts";
import type { LocalTime } from "../os/ffi/time.ts";
import type { AccountState, RepoState, SessionState } from "../state/scopes.ts";

/** Colours of the terminal: none, the 16 of its palette, 256, or 24 bits. */
export type ColorDepth = 0 | 16 | 256 | 16_777_216;

export interface Terminal {
  /** Usable cells of a row. */
  readonly cells: number;
  /** Rows of the whole screen; absent when unknown. */
  readonly rows?: number | undefined;
  readonly colors: ColorDepth;
  /** Hyperlinks (OSC 8) are supported. */
  readonly links: boolean;
  /** The background; "unknown" asks for colours that are legible on both. */
  readonly background: "dark" | "light" | "unknown";
  /** Characters of East Asian width "ambiguous" may take two cells, as in the fonts of CJK locales. */
  readonly ambiguousIsWide?: boolean | undefined;
  /** The theme that "auto" resolves to, if not the default one for the background. */
  readonly autoTheme?: string;
}

/** Everything that a line is drawn from. Nothing in `line/` reads the clock, the environment or a file. */
export interface Context {
  /** Unix milliseconds. */
  readonly now: number;
  /** The wall clock in the user's time zone. */
  localTime(epochMs: number): LocalTime | undefined;
  readonly home?: string | undefined;
  readonly payload: Payload;
  /** Why the payload is missing, in a few words. */
  readonly payloadError?: string | undefined;
  readonly head?: Head | undefined;
  /** State files of this session, working tree and account, where they exist and are ours. */
  readonly session?: SessionState | undefined;
  readonly repo?: RepoState | undefined;
  readonly account?: AccountState | undefined;
  /** The session pays by API key: the account's limits are not its own. */
  readonly apiKey: boolean;
  readonly terminal: Terminal;
  readonly config: Config;
  /** Why the user's configuration is not in use, in a few words. */
  readonly configError?: string | undefined;
}
