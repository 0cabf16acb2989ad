/** The C library through FFI: a lock between two descriptors, and who a process is. */

import { identifySelf, verify } from "../../os/identity.ts";
import { tryLock } from "../../os/lock/flock.ts";
import { expectSame, type Step, Unexpected } from "../step.ts";

export const ffi: Step = {
  name: "ffi",
  about: "the C library answers: flock(2), and the start time that tells processes apart",
  run: async ({ root }) => {
    const path = `${root}/ffi.lock`;
    {
      using first = tryLock(path);
      expectSame("a free lock", first !== undefined, true, NO_LOCKS);
      using second = tryLock(path);
      expectSame("a second lock on a locked file", second !== undefined, false, NO_LOCKS);
    }
    using again = tryLock(path);
    expectSame("the lock once it was given back", again !== undefined, true, NO_LOCKS);

    const self = identifySelf();
    if (!self) throw new Unexpected("this process's start time", "a number", "nothing", NO_PROC);
    expectSame("whether this process runs", verify(self), "alive", NO_PROC);
    const other = { ...self, start: `${self.start}0` };
    expectSame("whether one of its pid that started later runs", verify(other), "dead", NO_PROC);
    return `flock works; pid ${self.pid} started at ${self.start}`;
  },
};

const NO_LOCKS = "the file system may not support flock(2): choose another place with TMPDIR";
const NO_PROC = "process identity is read from /proc on Linux: it must be mounted";
