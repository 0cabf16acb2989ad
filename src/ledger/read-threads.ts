/**
 * Reads transcripts in two threads: a worker from the start of the list, this one, when it has nothing to write, from
 * the end.
 *
 * Reading and parsing a long history takes about as long as writing it. The worker is at most a few batches ahead, so
 * that memory stays flat.
 */
import { type PackedChunk, unpack } from "./chunk-codec.ts";
import { type Claims, claims, type Due, readFiles, type Unreadable, type UsageChunk } from "./read-files.ts";

/** How many batches the worker may be ahead, and the size of one. */
export const AHEAD = 3;
export const THREAD_BATCH_MESSAGES = 600;
export const THREAD_BATCH_BYTES = 4 << 20;

/** The first message to the worker; then "more" for each batch taken. */
export interface Order {
  readonly due: readonly Due[];
  readonly taken: Claims;
}

/** A message of the worker. */
export interface ThreadBatch {
  readonly chunks: (PackedChunk | Unreadable)[];
  /** This is the last one. */
  readonly done: boolean;
}

/** What is new in the files, chunk by chunk. The chunks of one file are in order. */
export async function* readInThreads(due: readonly Due[]): AsyncGenerator<UsageChunk | Unreadable> {
  const taken = claims(due);
  const own = readFiles(due, taken, true);
  const worker = startThread({ due, taken });
  try {
    for (let busy = true, workerReads = true; busy || workerReads; ) {
      const batch: ThreadBatch | undefined = workerReads ? await worker.next(busy) : undefined;
      if (batch) {
        workerReads = !batch.done;
        for (const each of batch.chunks) yield "reason" in each ? each : unpack(each);
      } else if (busy) {
        const next = own.next();
        if (next.done) busy = false;
        else yield next.value;
      }
    }
  } finally {
    worker.stop();
  }
}

function startThread(order: Order) {
  const worker = new Worker(workerUrl());
  const arrived: (ThreadBatch | { readonly failed: string })[] = [];
  let wake = () => {};
  const receive = (batch: (typeof arrived)[number]) => {
    arrived.push(batch);
    wake();
  };
  worker.onmessage = ({ data }: MessageEvent<ThreadBatch>) => receive(data);
  worker.onerror = ({ message }) => receive({ failed: message });
  worker.postMessage(order);
  return {
    /** @param busy whether to return undefined instead of waiting */
    async next(busy: boolean): Promise<ThreadBatch | undefined> {
      // Batches arrive in a turn of the event loop.
      if (arrived.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      if (arrived.length === 0 && !busy) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
      const batch = arrived.shift();
      if (batch === undefined) return undefined;
      if ("failed" in batch) throw new Error(`the reading thread failed: ${batch.failed}`);
      if (!batch.done) worker.postMessage("more");
      return batch;
    },
    stop: () => worker.terminate(),
  };
}

/** The worker is a second entry point in the executable (build.ts). */
function workerUrl(): URL {
  const compiled = import.meta.url.includes("$bunfs") || import.meta.url.includes("~BUN");
  return new URL(compiled ? "./ledger/read-worker.ts" : "./read-worker.ts", import.meta.url);
}
