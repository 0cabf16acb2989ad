/** pipe(2), and poll(2) over several descriptors. */
import { group, ON_MAC } from "./library.ts";

const onLinux = group({ pipe2: { args: ["ptr", "i32"], returns: "i32" } });
const onMac = group({ pipe: { args: ["ptr"], returns: "i32" } });
const polling = group({ poll: { args: ["ptr", "u64", "i32"], returns: "i32" } });
const O_CLOEXEC = 0x80000;

/**
 * A pipe that programs started later do not inherit (on macOS the spawn closes it: see spawn.ts).
 * @returns its reading and its writing end, or undefined when there are no descriptors left
 */
export function makePipe(): readonly [reader: number, writer: number] | undefined {
  const ends = new Int32Array(2);
  const failed = ON_MAC ? onMac().pipe(ends) : onLinux().pipe2(ends, O_CLOEXEC);
  return failed === 0 ? [ends[0] as number, ends[1] as number] : undefined;
}

/** One descriptor to wait for, and what was found. */
export interface PollRequest {
  /** Negative: passed over. */
  readonly fd: number;
  readonly events: number;
}

/** poll(2). @returns for each request the events that hold; all 0 when the time is over */
export function pollAll(requests: readonly PollRequest[], timeoutMs: number): readonly number[] {
  const memory = new Int32Array(requests.length * 2);
  for (const [index, { fd, events }] of requests.entries()) {
    memory[index * 2] = fd;
    memory[index * 2 + 1] = events;
  }
  polling().poll(memory, requests.length, timeoutMs);
  return requests.map((_, index) => ((memory[index * 2 + 1] as number) >>> 16) & 0xffff);
}
