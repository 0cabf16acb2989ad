/** The keys of a terminal's input stream, and the waits that sequences need. */
import { type Key, keyDecoder } from "./keys.ts";

/** Call `listener` for each key until the function that is returned is called. */
export function onKeys(input: NodeJS.ReadableStream, listener: (key: Key) => void): () => void {
  const decoder = keyDecoder();
  let timer: Timer | undefined;
  const report = (keys: readonly Key[]) => {
    for (const key of keys) listener(key);
  };
  const onData = (data: Buffer | string) => {
    clearTimeout(timer);
    report(decoder.push(typeof data === "string" ? Buffer.from(data) : data));
    expect();
  };
  /** A flush may leave what has to be waited for again. */
  const expect = () => {
    const wait = decoder.wait();
    if (wait === undefined) return;
    timer = setTimeout(() => {
      report(decoder.flush());
      expect();
    }, wait);
  };
  input.on("data", onData);
  return () => {
    clearTimeout(timer);
    input.off("data", onData);
  };
}
