import type { Step } from "../step.ts";
import { display } from "./display.ts";
import { ffi } from "./ffi.ts";
import { gather } from "./gather.ts";
import { hostile } from "./hostile.ts";
import { ledger } from "./ledger.ts";
import { lock } from "./lock.ts";
import { run } from "./run.ts";
import { shown } from "./shown.ts";

/** Every step, in order: each may rely on what those before it have made. Adding one is its file and its line here. */
export const STEPS: readonly Step[] = [ffi, display, hostile, gather, ledger, shown, lock, run];
