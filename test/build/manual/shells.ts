/** The completions as computed by the shells. */
import { join } from "node:path";
import { BINARY, type Sandbox } from "../../helpers/binary.ts";

const SHARE = join(import.meta.dir, "../../../dist/share");
const FIELD = "\x1f";

/** A shell's completions of several command lines, in the sandbox's home, with the binary on PATH. */
export type Complete = (box: Sandbox, lines: readonly (readonly string[])[]) => Promise<string[][]>;

async function run(command: readonly string[], box: Sandbox, stdin: string): Promise<string> {
  const bin = box.path("bin");
  await Bun.$`mkdir -p ${bin} && ln -sf ${BINARY} ${bin}/plimsoll`;
  const child = Bun.spawn([...command], {
    env: { ...box.env, PATH: `${bin}:${box.env.PATH}` },
    cwd: box.home,
    stdin: Buffer.from(stdin),
    stdout: "pipe",
    stderr: "pipe",
    timeout: 60_000,
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0 || err !== "") throw new Error(`${command[0]}: ${err}${out}`);
  return out;
}

/** One line per completion; sorted, unique. */
const answers = (out: string): string[][] =>
  out
    .split("\n")
    .slice(0, -1)
    .map((line) => [...new Set(line.split(FIELD).filter(Boolean))].sort());

const BASH_SCRIPT = join(SHARE, "bash-completion/completions/plimsoll");

/**
 * As readline calls the function: one line of words each, with the cursor at the last.
 * @param prelude loaded first
 */
const bashWith =
  (prelude: string, split: (line: readonly string[]) => readonly string[]): Complete =>
  async (box, lines) => {
    const driver = `
      ${prelude}
      source "$1"
      while IFS=$'\\x1f' read -ra COMP_WORDS; do
        unset "COMP_WORDS[\${#COMP_WORDS[@]}-1]"
        COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
        _plimsoll
        (IFS=$'\\x1f'; printf '%s\\n' "\${COMPREPLY[*]}")
      done`;
    const input = lines.map((line) => ["plimsoll", ...split(line), "end"].join(FIELD)).join("\n");
    return answers(await run(["bash", "--norc", "-c", driver, "bash", BASH_SCRIPT], box, `${input}\n`));
  };

/** '=' is a separate word. */
const atEquals = (line: readonly string[]) =>
  line.flatMap((word) => (word.startsWith("--") ? word.split(/(=)/).filter(Boolean) : [word]));

/** bash 4 and newer, with bash-completion. `compopt` works in a completion only. */
export const bash = bashWith(
  `compopt() { :; }; _command_offset() { COMPREPLY=("words from $1"); }`,
  atEquals,
);

/** As in bash 3.2: words as the shell reads them, no `compopt`, no bash-completion. */
export const oldBash = bashWith("enable -n compopt 2>/dev/null", (line) => line);

export const fish: Complete = async (box, lines) => {
  const driver = `
    source $argv[1]
    while read -l line
      echo (string join \\x1f -- (complete -C $line | string replace -r '\\t.*' ''))
    end`;
  const input = lines.map((line) => ["plimsoll", ...line].join(" ")).join("\n");
  const script = join(SHARE, "fish/vendor_completions.d/plimsoll.fish");
  const out = await run(["fish", "--no-config", "-c", driver, script], box, `${input}\n`);
  // A value after '--option=' is offered with the option.
  return answers(out).map((words) => words.map((word) => word.replace(/^--[\w-]+=/, "")));
};

export const zsh: Complete = async (box, lines) => {
  const input = lines.map((line) => ["plimsoll", ...line].join(" ")).join("\n");
  const driver = join(import.meta.dir, "capture.zsh");
  const matches = box.path("matches");
  await run(["zsh", "-f", driver, join(SHARE, "zsh/site-functions"), matches], box, `${input}\n`);
  return answers(await Bun.file(matches).text());
};
