/**
 * Reads transcripts in two threads: another one from the list's beginning, this one, whenever it has nothing to write,
 * from its end.
 *
 * Reading and parsing a long history takes about as long as writing it down. The other thread is never more than a few
 * parcels ahead, so that memory stays flat.
 */
import { type PackedChunk, unpack } from "./chunk-codec.ts";
import { type Claims, claims, type Due, readFiles, type Unreadable, type UsageChunk } from "./read-files.ts";

/** How many parcels the other thread may be ahead, and how much it puts into one. */
export const AHEAD = 3;
export const PARCEL_MESSAGES = 600;
export const PARCEL_BYTES = 4 << 20;

/** What the other thread is told first; after that, "more" for each parcel that was taken. */
export interface Order {
  readonly due: readonly Due[];
  readonly taken: Claims;
}

/** What the other thread says at a time. */
export interface Parcel {
  readonly chunks: (PackedChunk | Unreadable)[];
  /** There are no more files. */
  readonly done: boolean;
}

/** What is to be read of the files, piece by piece. The pieces of one file are in order. */
export async function* readInThreads(due: readonly Due[]): AsyncGenerator<UsageChunk | Unreadable> {
  const taken = claims(due);
  const mine = readFiles(due, taken, true);
  const theirs = startThread({ due, taken });
  try {
    for (let busy = true, theyRead = true; busy || theyRead; ) {
      const parcel: Parcel | undefined = theyRead ? await theirs.next(busy) : undefined;
      if (parcel) {
        theyRead = !parcel.done;
        for (const each of parcel.chunks) yield "reason" in each ? each : unpack(each);
      } else if (busy) {
        const next = mine.next();
        if (next.done) busy = false;
        else yield next.value;
      }
    }
  } finally {
    theirs.stop();
  }
}

function startThread(order: Order) {
  const worker = new Worker(workerUrl());
  const arrived: (Parcel | { readonly failed: string })[] = [];
  let wake = () => {};
  const note = (parcel: (typeof arrived)[number]) => {
    arrived.push(parcel);
    wake();
  };
  worker.onmessage = ({ data }: MessageEvent<Parcel>) => note(data);
  worker.onerror = ({ message }) => note({ failed: message });
  worker.postMessage(order);
  return {
    /** @returns the next parcel; undefined when there is none yet and `busy` says that there is other work */
    async next(busy: boolean): Promise<Parcel | undefined> {
      // A turn of the event loop: parcels arrive there.
      if (arrived.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      if (arrived.length === 0 && !busy) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
      const parcel = arrived.shift();
      if (parcel === undefined) return undefined;
      if ("failed" in parcel) throw new Error(`the reading thread failed: ${parcel.failed}`);
      if (!parcel.done) worker.postMessage("more");
      return parcel;
    },
    stop: () => worker.terminate(),
  };
}

/** The worker is an entry point of its own, beside the main one in the executable (see build.ts). */
function workerUrl(): URL {
  const compiled = import.meta.url.includes("$bunfs") || import.meta.url.includes("~BUN");
  return new URL(compiled ? "./ledger/read-worker.ts" : "./read-worker.ts", import.meta.url);
}
