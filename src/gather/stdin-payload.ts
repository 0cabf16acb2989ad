/** The payload that a person gives a pass on stdin, if there is one. */
import { isatty } from "node:tty";
import { type FirstJson, firstJsonScanner } from "../claude/first-json.ts";
import { type Payload, readPayload } from "../claude/payload.ts";
import { readStdin } from "../os/io/stdio.ts";
import { GATHER_PAYLOAD_WAIT_MS } from "../state/timeouts.ts";

const MAX_BYTES = 4 << 20;

/**
 * Read a payload, unless stdin is a terminal or empty.
 * @throws Error that says what is wrong with what came
 */
export function payloadFromStdin(): Payload | undefined {
  if (isatty(0)) return undefined;
  const scan = firstJsonScanner();
  let found: FirstJson = { state: "incomplete" };
  const isEnough = (bytes: Uint8Array) => {
    found = scan(bytes);
    return found.state !== "incomplete";
  };
  const { bytes } = readStdin({ isEnough, timeoutMs: GATHER_PAYLOAD_WAIT_MS, maxBytes: MAX_BYTES });
  if (bytes.length === 0) return undefined;
  return decode(bytes, found);
}

function decode(bytes: Uint8Array, found: FirstJson): Payload {
  if (found.state === "invalid") throw new Error(found.reason);
  if (found.state === "incomplete") throw new Error("the payload on stdin was cut short");
  try {
    return readPayload(JSON.parse(new TextDecoder().decode(bytes.subarray(found.start, found.end))));
  } catch (error) {
    throw new Error(`the payload on stdin is not JSON: ${(error as Error).message}`);
  }
}
