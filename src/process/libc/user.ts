/** Who runs this process. */
import { group } from "./library.ts";

const calls = group({ getuid: { args: [], returns: "u32" } });

/** getuid(2). */
export const userId = (): number => calls().getuid();
