/** The other thread of `readInThreads`. */
import { pack } from "./piece-codec.ts";
import { readFiles } from "./read-files.ts";
import { AHEAD, type Order, PARCEL_BYTES, PARCEL_MESSAGES, type Parcel } from "./read-threads.ts";

declare const self: Worker;

let reading: ReturnType<typeof readFiles> | undefined;

self.onmessage = ({ data }: MessageEvent<Order | "more">) => {
  if (data === "more") return send();
  reading = readFiles(data.due, data.taken);
  for (let ahead = 0; ahead < AHEAD; ahead++) send();
};

function send(): void {
  if (!reading) return;
  const pieces: Parcel["pieces"] = [];
  let messages = 0;
  let bytes = 0;
  while (messages < PARCEL_MESSAGES && bytes < PARCEL_BYTES) {
    const { value: read, done } = reading.next();
    if (done) {
      reading = undefined;
      break;
    }
    if ("reason" in read) pieces.push(read);
    else {
      pieces.push({ ...read, piece: pack(read.piece) });
      messages += read.piece.usage.length;
      bytes += read.bytes;
    }
  }
  const parcel: Parcel = { pieces, done: reading === undefined };
  const handedOver = pieces.flatMap((each) => ("reason" in each ? [] : [each.piece.numbers.buffer]));
  postMessage(parcel, handedOver);
}
