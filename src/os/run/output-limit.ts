/**
 * A command's stdout and stderr, forwarded through pipes and counted.
 *
 * Nothing here may block for long: the deadline's timer runs on the same thread. So we only write as much as poll(2)
 * allows, and a reader of ours that has stopped reading does not keep the command alive.
 */
import { close, makePipe, POLL, poll, pollAll, read, write } from "../ffi/file.ts";

const CHUNK_BYTES = 1 << 16;
/** PIPE_BUF: what a pipe or socket that poll(2) reports as writable accepts without blocking. */
const SAFE_WRITE_BYTES = process.platform === "darwin" ? 512 : 4096;
/** How long a turn blocks, and delays timers and signals. */
const TURN_MS = 5;
/** How long to wait for the remaining output of a command that was stopped. */
const DRAIN_MS = 200;

export class OutputLimit {
  /** The child's 0, 1 and 2. */
  readonly childEnds: readonly [number, number, number];
  readonly #streams: readonly [Stream, Stream];
  readonly #writers: readonly number[];
  #left: number;
  /** When to stop even if there is more. Monotonic ms. */
  #until = Number.POSITIVE_INFINITY;
  #commandEnded = false;

  constructor(limitBytes: number) {
    const [output, errors] = [makePipe(), makePipe()];
    if (!output || !errors) throw new Error("no descriptors left for the pipes of --max-output");
    this.#streams = [new Stream(output[0], 1), new Stream(errors[0], 2)];
    this.#writers = [output[1], errors[1]];
    this.childEnds = [0, output[1], errors[1]];
    this.#left = limitBytes;
  }

  /**
   * Forward output until both pipes have ended, or the command has ended and no more output arrives.
   * @param onExceeded called once, for the first byte over the limit, which is dropped
   */
  async pump(onExceeded: () => void): Promise<void> {
    for (const fd of this.#writers) close(fd);
    let exceeded = false;
    while (this.#streams.some((stream) => stream.open) && performance.now() < this.#until) {
      const moved = this.#turn();
      if (this.#left < 0 && !exceeded) {
        exceeded = true;
        onExceeded();
      }
      if (this.#commandEnded && !moved && !this.#streams.some((stream) => stream.waiting)) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const stream of this.#streams) stream.close();
  }

  /** @param stopped whether we ended the command: then limit the wait for its remaining output */
  commandEnded(stopped: boolean): void {
    this.#commandEnded = true;
    if (stopped) this.#until = performance.now() + DRAIN_MS;
  }

  /** @returns whether anything was moved */
  #turn(): boolean {
    const found = pollAll(
      this.#streams.map((stream) => stream.request),
      TURN_MS,
    );
    let moved = false;
    for (const [index, stream] of this.#streams.entries()) {
      if (found[index] === 0) continue;
      moved = true;
      if (stream.waiting) stream.pass();
      else this.#left -= stream.take(Math.max(0, this.#left));
    }
    return moved;
  }
}

/** One of the two pipes, and our descriptor that it is forwarded to. */
class Stream {
  readonly #to: number;
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #from: number;
  /** Read and not yet written. */
  #rest = this.#chunk.subarray(0, 0);

  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
  }

  get open(): boolean {
    return this.#from >= 0 || this.waiting;
  }

  get waiting(): boolean {
    return this.#rest.length > 0;
  }

  get request() {
    return this.waiting ? { fd: this.#to, events: POLL.OUT } : { fd: this.#from, events: POLL.IN };
  }

  /** Read once, keeping at most `limit` bytes. @returns how many bytes were read */
  take(limit: number): number {
    const count = read(this.#from, this.#chunk);
    if (count <= 0) {
      this.close();
      return 0;
    }
    this.#rest = this.#chunk.subarray(0, Math.min(count, limit));
    return count;
  }

  pass(): void {
    do {
      const written = write(this.#to, this.#rest.subarray(0, SAFE_WRITE_BYTES));
      // Our reader is gone: drop the rest; the command's deadline still applies.
      this.#rest = written <= 0 ? this.#rest.subarray(0, 0) : this.#rest.subarray(written);
    } while (this.waiting && poll(this.#to, POLL.OUT, 0) !== 0);
  }

  close(): void {
    if (this.#from >= 0) close(this.#from);
    this.#from = -1;
  }
}
