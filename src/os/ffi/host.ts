/** gethostname(2). */
import { group } from "./library.ts";

const calls = group({ gethostname: { args: ["ptr", "u64"], returns: "i32" } });

/** @returns the machine's name; "" when it has none */
export function hostName(): string {
  const name = new Uint8Array(256);
  if (calls().gethostname(name, name.length - 1) !== 0) return "";
  return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
}
