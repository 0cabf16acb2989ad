/** The payload that a user pipes to a pass started by hand. */
import { isatty } from "node:tty";
import { readFirstJson } from "../claude/first-json.ts";
import { type Payload, readPayload } from "../claude/payload.ts";
import { GATHER_PAYLOAD_WAIT_MS } from "../state/timeouts.ts";

const MAX_BYTES = 4 << 20;

/**
 * Read a payload, unless stdin is a terminal or empty.
 * @throws Error for invalid or incomplete JSON
 */
export function payloadFromStdin(): Payload | undefined {
  if (isatty(0)) return undefined;
  const { found, text, length } = readFirstJson({ timeoutMs: GATHER_PAYLOAD_WAIT_MS, maxBytes: MAX_BYTES });
  if (length === 0) return undefined;
  if (found.state === "invalid") throw new Error(found.reason);
  if (text === undefined) throw new Error("the payload on stdin was cut short");
  try {
    return readPayload(JSON.parse(text));
  } catch (error) {
    throw new Error(`the payload on stdin is not JSON: ${(error as Error).message}`);
  }
}
