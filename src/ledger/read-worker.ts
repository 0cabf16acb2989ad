/** The worker of `readInThreads`. */
import { pack } from "./chunk-codec.ts";
import { readFiles } from "./read-files.ts";
import {
  AHEAD,
  type Order,
  THREAD_BATCH_BYTES,
  THREAD_BATCH_MESSAGES,
  type ThreadBatch,
} from "./read-threads.ts";

declare const self: Worker;

let reading: ReturnType<typeof readFiles> | undefined;

self.onmessage = ({ data }: MessageEvent<Order | "more">) => {
  if (data === "more") return send();
  reading = readFiles(data.due, data.taken);
  for (let ahead = 0; ahead < AHEAD; ahead++) send();
};

function send(): void {
  if (!reading) return;
  const chunks: ThreadBatch["chunks"] = [];
  let messages = 0;
  let bytes = 0;
  while (messages < THREAD_BATCH_MESSAGES && bytes < THREAD_BATCH_BYTES) {
    const { value: read, done } = reading.next();
    if (done) {
      reading = undefined;
      break;
    }
    if ("reason" in read) chunks.push(read);
    else {
      chunks.push(pack(read));
      messages += read.usage.length;
      bytes += read.bytes;
    }
  }
  const batch: ThreadBatch = { chunks, done: reading === undefined };
  const handedOver = chunks.flatMap((each) => ("reason" in each ? [] : [each.numbers.buffer]));
  postMessage(batch, handedOver);
}
