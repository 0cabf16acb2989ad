/** All that people and programs read of us is written by the room `cli`; the exceptions are listed here. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const SRC = join(import.meta.dir, "../../src");

/** Ways to write to standard output or standard error, or to a terminal. */
const WAYS: Readonly<Record<string, RegExp>> = {
  console: /\bconsole\b/,
  "the process's streams":
    /\b(?:stdout|stderr|output)\s*(?:\?\.|\.)\s*(?:write|end|cork)\b|\bstd(?:out|err)\s*\.\s*writer\b/,
  "pipes into the process's streams": /\.pipe(?:To)?\(\s*process\b/,
  descriptors: /\bwrite(?:v|File|FileSync|Sync)?\(\s*(?:0*[12]\b|fd\s*=\s*[12]\b|STDOUT|STDERR)/,
  "Bun's files": /\bBun\s*\.\s*(?:stdout|stderr)\b|\bBun\.file\(\s*[12]\s*\)/,
  "device files": /\/dev\/(?:stdout|stderr|fd\/[12]\b|tty\b)/,
  writeText: /\bwriteText\b/,
  dialogues: /\b(?:prompt|alert|confirm)\(/,
  "Node's stream or terminal modules": /from "node:(?:readline|console|repl)|createWriteStream|WriteStream\(/,
  "warnings of the runtime": /\bemitWarning\b/,
  "the kernel's write": /import\s*\{[^}]*\bwrite\b[^}]*\}\s*from\s*"[^"]*ffi\/file\.ts"/,
};

/** The exceptions, with reasons. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  "os/io/stdio.ts": ["writeText", "the kernel's write"], // the primitive below cli/output.ts
  "display/draw.ts": ["writeText"], // the row: cleaned by the room line, on the path that counts each microsecond
  "os/run/output-limit.ts": ["the kernel's write"], // a child's output, byte for byte
  "os/run/subprocess.ts": ["the kernel's write"], // a child's stdin
  "os/ffi/terminal.ts": ["device files"], // opened for its modes and foreground group; nothing is written
};

/** The release's tools are not in the program. */
const isProgram = (file: string) => !file.startsWith("build/") && !file.startsWith("cli/");

const files = [...new Bun.Glob("**/*.ts").scanSync(SRC)].filter(isProgram).sort();
const code = (file: string) =>
  readFileSync(join(SRC, file), "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "");

const waysOf = (text: string) => Object.keys(WAYS).filter((name) => WAYS[name]?.test(text));

test("nothing but the room cli writes to standard output, standard error or the terminal", () => {
  const found = Object.fromEntries(
    files.map((file) => [file, waysOf(code(file))]).filter(([, ways]) => ways?.length),
  );
  expect(found).toEqual(EXCEPTIONS as Record<string, string[]>);
});

test("each of the ways is recognized", () => {
  const samples = [
    "console.error(x)",
    "console.log(x)",
    "const { log } = console",
    "process.stdout.write(x)",
    "process.stderr?.write(x)",
    "output.write(x)",
    "readable.pipe(process.stdout)",
    "writeSync(1, x)",
    "writeSync(2, x)",
    "writeFileSync(1, x)",
    "write(STDOUT, x)",
    "Bun.write(Bun.stdout, x)",
    "Bun.stderr.writer()",
    "Bun.file(1)",
    'writeFileSync("/dev/stderr", x)',
    'open("/dev/tty")',
    "writeText(1, x)",
    'prompt("x")',
    'process.emitWarning("x")',
    'import { write } from "../os/ffi/file.ts"',
  ];
  expect(samples.filter((sample) => waysOf(sample).length === 0)).toEqual([]);
  for (const harmless of [
    "writeFileSync(fd, x)",
    "stdin.write(x)",
    "Bun.write(path, x)",
    "replaceFile(path, x)",
  ])
    expect(waysOf(harmless)).toEqual([]);
});

test("JSON for output is written by the room output: files and hashes are the only others", () => {
  const printed = files.filter((file) => /\bprint(?:Line)?\([^;]*JSON\.stringify/s.test(code(file)));
  expect(printed).toEqual([]);
});

test("no text goes out as rows or a screen but rows and screens", () => {
  const trusted = files.filter((file) => /,\s*"(?:rows|screen)",?\s*\)/.test(code(file)));
  expect(trusted).toEqual([
    "commands/config/shown.ts",
    "commands/gather.ts",
    "commands/preview.ts",
    "commands/setup/show.ts",
    "commands/usage/source.ts",
  ]);
});
