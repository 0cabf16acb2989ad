/**
 * A command's stdout and stderr, passed on through pipes of ours and counted on the way.
 *
 * Nothing here may block for long: the deadline's timer runs on the same thread. So our own output is written only as
 * far as poll(2) says that it can be, and a reader of ours that has stopped reading does not keep the command alive.
 */
import { close, POLL, poll, read, write } from "../ffi/file.ts";
import { makePipe, pollAll } from "../ffi/pipe.ts";

const CHUNK_BYTES = 1 << 16;
/** What a pipe or socket that poll(2) calls writable takes without blocking: PIPE_BUF. */
const SAFE_WRITE_BYTES = process.platform === "darwin" ? 512 : 4096;
/** How long a turn waits in the kernel: timers and signals wait as long. */
const TURN_MS = 5;
/** How long the rest of a stopped command's output may take. */
const LAST_WORDS_MS = 200;

export class OutputLimit {
  /** The child's 0, 1 and 2. */
  readonly childEnds: readonly [number, number, number];
  readonly #streams: readonly [Stream, Stream];
  readonly #writers: readonly number[];
  #left: number;
  /** When to stop although there may be more (monotonic ms). */
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
   * Pass on what comes until both pipes have ended, or the command has and nothing comes any more.
   * @param onExceeded is called once, with the first byte over the limit, which is not passed on
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

  /**
   * What still comes belongs to something that the command left behind.
   * @param stopped the command did not end by itself: its last words are not waited for
   */
  commandEnded(stopped: boolean): void {
    this.#commandEnded = true;
    if (stopped) this.#until = performance.now() + LAST_WORDS_MS;
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

/** One of the two pipes, and the descriptor of ours that it leads to. */
class Stream {
  readonly #to: number;
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #from: number;
  /** What was read and not written yet. */
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

  /** Read once. @returns how many bytes came, of which at most `limit` are passed on */
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
      // Nobody reads our output any more: what is left of it is dropped, and the command's deadline still stands.
      this.#rest = written <= 0 ? this.#rest.subarray(0, 0) : this.#rest.subarray(written);
    } while (this.waiting && poll(this.#to, POLL.OUT, 0) !== 0);
  }

  close(): void {
    if (this.#from >= 0) close(this.#from);
    this.#from = -1;
  }
}
