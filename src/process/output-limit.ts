/** A command's stdout and stderr, passed on through pipes of ours and counted on the way. */

import { close, POLL, read, write } from "./libc/file.ts";
import { makePipe, pollAll } from "./libc/pipe.ts";

const CHUNK_BYTES = 1 << 16;
/** How long a turn waits in the kernel: timers and signals wait as long. */
const TURN_MS = 5;

export class OutputLimit {
  /** The child's 0, 1 and 2. */
  readonly childEnds: readonly [number, number, number];
  readonly #readers: number[];
  readonly #writers: readonly number[];
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #left: number;
  #commandEnded = false;

  constructor(limitBytes: number) {
    const [output, errors] = [makePipe(), makePipe()];
    if (!output || !errors) throw new Error("no descriptors left for the pipes of --max-output");
    this.#readers = [output[0], errors[0]];
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
    while (this.#readers.some((fd) => fd >= 0)) {
      const found = pollAll(
        this.#readers.map((fd) => ({ fd, events: POLL.IN })),
        TURN_MS,
      );
      if (this.#commandEnded && found.every((events) => events === 0)) break;
      for (const [index, events] of found.entries()) if (events !== 0) this.#move(index);
      if (this.#left < 0 && !exceeded) {
        exceeded = true;
        onExceeded();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const fd of this.#readers) if (fd >= 0) close(fd);
  }

  /** What still comes belongs to something that the command left behind. */
  commandEnded(): void {
    this.#commandEnded = true;
  }

  #move(index: number): void {
    const count = read(this.#readers[index] as number, this.#chunk);
    if (count <= 0) {
      close(this.#readers[index] as number);
      this.#readers[index] = -1;
      return;
    }
    const passed = Math.max(0, Math.min(count, this.#left));
    this.#left -= count;
    for (let at = 0; at < passed; ) {
      const written = write(index + 1, this.#chunk.subarray(at, passed));
      if (written <= 0) return; // nobody reads our output any more: the command's deadline still stands
      at += written;
    }
  }
}
