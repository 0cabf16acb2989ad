/** ustar archives with members that no tar program would write. */

/** `type` is tar's type flag: "0" a file, "1" a hard link, "2" a symbolic link, "5" a directory, "6" a FIFO. */
export interface Member {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  readonly type?: "0" | "1" | "2" | "5" | "6";
  /** Where a link leads. */
  readonly to?: string;
}

/** @param level of compression: 0 for large archives */
export function archive(members: readonly Member[], level: 0 | 1 = 1): Uint8Array<ArrayBuffer> {
  const end = Buffer.alloc(1024);
  return Bun.gzipSync(Buffer.concat([...members.flatMap(blocks), end]), { level });
}

function blocks({ name, content = "", mode = 0o644, type = "0", to = "" }: Member): Buffer[] {
  const data = Buffer.from(content as string);
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, width: number) =>
    header.write(value.toString(8).padStart(width - 1, "0"), at, "latin1");
  header.write(name, 0, 100);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(data.length, 124, 12);
  octal(0, 136, 12);
  header.write("        ", 148);
  header.write(type, 156);
  header.write(to, 157, 100);
  header.write("ustar\x0000", 257, "latin1");
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
}
