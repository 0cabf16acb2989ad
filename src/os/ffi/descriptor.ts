/** dup(2). */
import { group } from "./library.ts";

const calls = group({ dup: { args: ["i32"], returns: "i32" } });

/** dup(2): another descriptor of the same open file, without close-on-exec. @returns it, or -1 with errno set */
export const duplicate = (fd: number): number => calls().dup(fd);
