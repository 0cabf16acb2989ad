import type { Head } from "../claude/head.ts";
import type { Payload } from "../claude/payload.ts";
import type { Config } from "../config/config.ts";
import type { LocalTime } from "../os/ffi/time.ts";
import type { AccountState, RepoState, SessionState } from "../state/scopes.ts";

/** How many colours the terminal shows: none, the 16 of its palette, 256, or 24 bits. */
export type ColorDepth = 0 | 16 | 256 | 16_777_216;

/** The terminal as far as it is known. */
export interface Terminal {
  /** Cells of one row that may be used. */
  readonly cells: number;
  /** Rows of the whole screen; absent when unknown. */
  readonly rows?: number | undefined;
  readonly colors: ColorDepth;
  /** Links (OSC 8) are known to be understood. */
  readonly links: boolean;
  /** The background; "unknown" asks for colours that are legible on both. */
  readonly background: "dark" | "light" | "unknown";
}

/**
 * Everything that a line is drawn from: resolved once, plain, and passed on. Nothing under `line/` reads the clock,
 * the environment or a file.
 */
export interface Context {
  /** Unix milliseconds. */
  readonly now: number;
  /** Wall-clock reading in the user's time zone. */
  localTime(epochMs: number): LocalTime | undefined;
  readonly home?: string | undefined;
  readonly payload: Payload;
  /** Why there is no payload to speak of, in a few words; absent when there is one. */
  readonly payloadError?: string | undefined;
  readonly head?: Head | undefined;
  /** State files, where they exist, are ours, and are of this session, working tree and account. */
  readonly session?: SessionState | undefined;
  readonly repo?: RepoState | undefined;
  readonly account?: AccountState | undefined;
  /** The session pays by API key, so that an account's limits are not its own. */
  readonly apiKey: boolean;
  readonly terminal: Terminal;
  readonly config: Config;
  /** Why the user's configuration is not the one in use, in a few words. */
  readonly configError?: string | undefined;
}
