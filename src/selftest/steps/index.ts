import type { SelftestStep } from "../step.ts";
import { display, hostile, shown } from "./display.ts";
import { gather, ledger } from "./gather.ts";
import { ffi, lock, run } from "./processes.ts";

/** All steps, in order: later ones rely on the files of earlier ones. */
export const STEPS: readonly SelftestStep[] = [ffi, display, hostile, gather, ledger, shown, lock, run];
