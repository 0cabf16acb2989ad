/** Durations and signals as the command line has them, and the layouts of structures that only a Mac fills. */
import { describe, expect, test } from "bun:test";
import { leadingNumber, parseDuration } from "../../src/cli/duration.ts";
import { BSD_INFO_BYTES, decodeBsdInfo, decodeUniqueId, UNIQUE_INFO_BYTES } from "../../src/os/ffi/macos.ts";
import { decodeStatus } from "../../src/os/ffi/spawn.ts";
import { decodeBasics, decodeStat, STAT_LAYOUTS } from "../../src/os/ffi/stat.ts";
import { parseStat } from "../../src/os/identity.ts";
import { decodeLossy, decodeStrict } from "../../src/os/io/utf8.ts";
import { whyDistrusted } from "../../src/os/lock/file.ts";
import { parseLocks } from "../../src/os/lock/status.ts";
import { parseSignal, signalName } from "../../src/os/run/signals.ts";

const onLinux = process.platform === "linux";

describe("a duration", () => {
  test.each([
    ["1", 1000],
    [".5s", 500],
    ["1.5m", 90_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
    [" 1", 1000],
    ["+1e1", 10_000],
    ["0x10", 16_000],
    ["0x0.8p1", 1000],
    ["0", 0],
    ["0d", 0],
    ["inf", Number.POSITIVE_INFINITY],
    ["infinityd", Number.POSITIVE_INFINITY],
    ["1e400", Number.POSITIVE_INFINITY],
    ["9223372036854775808d", 2 ** 63 * 86_400_000],
  ])("%p is %p ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test("that underflows is still a limit", () => {
    for (const text of ["1e-5000", "0.0000000001", "0x.1p-9999", "1e-18172487393827593258"])
      expect(parseDuration(text)).toBeGreaterThan(0);
  });

  test("in which a digit looks like a unit is a number: 0x0.1d", () => {
    expect(leadingNumber("0x0.1d")).toEqual({ value: 29 / 256, rest: "" });
  });

  test.each([
    "",
    " ",
    "x",
    "-1",
    "1x",
    "1sd",
    "42D",
    "nan",
    "1 s",
    "1e",
    "0x",
    "--1",
    "10€",
    "1,5",
    "s",
    ".",
    "1__0",
  ])("%p is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("a signal", () => {
  test("is known by name in any case, with SIG, and by number", () => {
    for (const text of ["TERM", "term", "SIGterm", "15", "015", "143"]) expect(parseSignal(text)).toBe(15);
    expect(parseSignal("EXIT")).toBe(0);
    expect(parseSignal("iot")).toBe(6);
  });

  test("that does not exist is none", () => {
    for (const text of ["", "-1", "+9", " 9", "0x9", "999999999999", "SIGSIGTERM", "MONKEY", "255", "384"])
      expect(parseSignal(text)).toBeUndefined();
  });

  test("has a name for every number, and the name parses to that number", () => {
    for (let signal = 0; signal < 128; signal++) {
      const name = signalName(signal);
      if (name !== undefined) expect(parseSignal(name)).toBe(signal);
    }
    expect(signalName(9)).toBe("KILL");
  });

  test.skipIf(!onLinux)("of real time is named from the nearer end", () => {
    expect([34, 35, 49, 50, 63, 64].map(signalName)).toEqual([
      "RTMIN",
      "RTMIN+1",
      "RTMIN+15",
      "RTMAX-14",
      "RTMAX-1",
      "RTMAX",
    ]);
    expect(parseSignal("rtmin+3")).toBe(37);
    for (const text of ["RTMIN-1", "RTMAX+1", "RTMIN+31", "32", "33", "65"])
      expect(parseSignal(text)).toBeUndefined();
  });
});

describe("structures of the system", () => {
  test("/proc/PID/stat is split after the last bracket, whatever the name contains", () => {
    const rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 0 0";
    expect(parseStat(`7 (a) R 9 (x)) ${rest}\n`)).toEqual({ name: "a) R 9 (x)", state: "S", start: "4242" });
    for (const text of ["", "7 a S", "7 (a) S 1", "7 )a( S", `7 (a) ${rest.replace("4242", "x")}`])
      expect(parseStat(text)).toBeUndefined();
  });

  test("a wait status tells codes from signals", () => {
    expect(decodeStatus(3 << 8)).toEqual({ kind: "exited", code: 3 });
    expect(decodeStatus(11 | 0x80)).toEqual({ kind: "signaled", signal: 11, core: true });
  });

  test("macOS: proc_bsdinfo and proc_uniqidentifierinfo are read at the documented offsets", () => {
    const info = new DataView(new ArrayBuffer(BSD_INFO_BYTES));
    info.setUint32(4, 4, true);
    info.setUint32(16, 7, true);
    info.setUint32(100, 9, true);
    for (const [index, char] of [..."sleep"].entries()) info.setUint8(48 + index, char.charCodeAt(0));
    info.setBigUint64(120, 1_700_000_000n, true);
    info.setBigUint64(128, 42n, true);
    expect(decodeBsdInfo(new Uint8Array(info.buffer))).toEqual({
      state: "T",
      parent: 7,
      group: 9,
      name: "sleep",
      start: "1700000000.000042",
    });
    const unique = new DataView(new ArrayBuffer(UNIQUE_INFO_BYTES));
    unique.setBigUint64(16, 2n ** 40n, true);
    expect(decodeUniqueId(new Uint8Array(unique.buffer))).toBe("1099511627776");
  });

  test("struct stat is read at each system's offsets", () => {
    for (const name of Object.keys(STAT_LAYOUTS) as (keyof typeof STAT_LAYOUTS)[]) {
      const layout = STAT_LAYOUTS[name];
      const view = new DataView(new ArrayBuffer(layout.bytes));
      view.setBigUint64(8, 77n, true);
      if (layout.mode[1] === 2) view.setUint16(layout.mode[0], 0o100600, true);
      else view.setUint32(layout.mode[0], 0o100600, true);
      view.setUint16(layout.links[0], 2, true);
      view.setUint32(layout.owner, 501, true);
      view.setBigInt64(layout.size, 9n, true);
      view.setBigInt64(layout.modified, -1n, true);
      expect(decodeStat(name, new Uint8Array(view.buffer))).toMatchObject({
        inode: 77n,
        mode: 0o100600,
        links: 2,
        owner: 501,
        size: 9,
        modifiedMs: -1000,
      });
      expect(decodeBasics(name, new Uint32Array(view.buffer))).toEqual({
        mode: 0o100600,
        owner: 501,
        size: 9,
      });
    }
  });

  test("/proc/locks gives flock(2) locks, their waiters apart, and skips the rest", () => {
    const text = [
      "1: POSIX  ADVISORY  WRITE 10 08:01:5 0 EOF",
      "2: FLOCK  ADVISORY  WRITE 11 fe:00:123 0 EOF",
      "2: -> FLOCK  ADVISORY  READ 12 fe:00:123 0 EOF",
      "3: FLOCK  ADVISORY  READ -1 00:2f:9 0 EOF",
      "garbage",
      "",
    ].join("\n");
    expect(parseLocks(text)).toEqual([
      { waiting: false, mode: "exclusive", pid: 11, device: "fe:00", inode: "123" },
      { waiting: true, mode: "shared", pid: 12, device: "fe:00", inode: "123" },
      { waiting: false, mode: "shared", pid: -1, device: "00:2f", inode: "9" },
    ]);
  });

  test("a mount with locks that hold on one machine only is reported", () => {
    const mounts = [
      "30 1 0:40 / /a rw - nfs4 host:/a rw,local_lock=none",
      "31 1 0:41 / /b rw - nfs host:/b rw,nolock,local_lock=all",
      "32 1 0:42 / /c rw - cifs //h/c rw,nobrl",
      "33 1 0:43 / /d rw - fuse.sshfs h: rw",
      "34 1 0:44 / /e rw - fuse.ntfs-3g /dev/x rw",
    ].join("\n");
    expect(whyDistrusted(mounts, "30")).toBeUndefined();
    expect(whyDistrusted(mounts, "31")).toContain("nolock");
    expect(whyDistrusted(mounts, "32")).toContain("nobrl");
    expect(whyDistrusted(mounts, "33")).toContain("network");
    expect(whyDistrusted(mounts, "34")).toBeUndefined();
    expect(whyDistrusted(mounts, "99")).toContain("network");
  });
});

describe("strict UTF-8", () => {
  test.each([
    [[0x61, 0xff], 1],
    [[0xc3], 0],
    [[0x61, 0xe2, 0x82], 1],
    [[0xc0, 0x80], 0],
    [[0xed, 0xa0, 0x80], 0],
    [[0xf4, 0x90, 0x80, 0x80], 0],
    [[0xf0, 0x9f, 0x98, 0x80, 0x80], 4],
  ])("finds where %p goes wrong", (bytes, at) => {
    expect(decodeStrict(new Uint8Array(bytes))).toEqual({ invalidAt: at });
  });

  test("agrees with the lossy form on any text", () => {
    const bytes = new TextEncoder().encode("\ufeffaé€😀\u0000");
    expect(decodeStrict(bytes)).toEqual({ text: decodeLossy(bytes) });
  });
});
