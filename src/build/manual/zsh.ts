/** Completion for zsh: one function per command, with a table for _arguments(zshcompsys). */
import type { Command } from "../../cli/command.ts";
import type { Completion, OptionSpec } from "../../cli/options.ts";
import { type CommandNode, flatten, operandsOf, optionsOf, plainWords, quoted } from "./tree.ts";

/** @returns the function file `_plimsoll`, for a directory of `fpath`, or to be sourced */
export function zshCompletion(program: CommandNode): string {
  const nodes = flatten(program);
  return `#compdef plimsoll
# Completion of plimsoll's command lines for zsh. Generated from the program's command tables.

${nodes.map(functionOf).join("\n")}
# The names of existing locks, and paths.
_plimsoll_locks() {
  local -a locks=(\${\${(f)"$(_call_program locks plimsoll lock list 2>/dev/null)"}%%: *})
  _alternative 'locks:lock:compadd -a locks' 'files:path:_files'
}

# Another program's command line, with or without '--'.
_plimsoll_command_line() {
  if [[ $words[1] == -- ]]; then
    shift words
    (( CURRENT-- ))
  fi
  _normal
}

if [[ $funcstack[1] == _plimsoll ]]; then
  _plimsoll "$@"
else
  compdef _plimsoll plimsoll
fi
`;
}

function functionOf(node: CommandNode): string {
  const name = functionName(node.name);
  const options = optionsOf(node).map(optionSpec);
  if (node.command)
    return `${name}() {
  _arguments ${flags(node.command)} : \\
${[...options, ...operandsOf(node.command).map(operandSpec)].map((spec) => `    ${spec}`).join(" \\\n")}
}
`;
  const members = node.members.map(({ word, about }) => quoted(`${word}:${about}`));
  const cases = node.members.map(
    ({ word, name: words }) => `        ${word}) ${functionName(words)} && ret=0 ;;`,
  );
  return `${name}() {
  local curcontext=$curcontext context state line ret=1
  # Not 'commands', which is the shell's table of programs.
  local -a subcommands=(
${members.map((member) => `    ${member}`).join("\n")}
  )
  _arguments -C -S -A '-*' : \\
${options.map((spec) => `    ${spec}`).join(" \\\n")} \\
    '1:command:->command' '*::argument:->arguments' && ret=0
  case $state in
    command) _describe -t commands 'plimsoll command' subcommands && ret=0 ;;
    arguments)
      case $words[1] in
${cases.join("\n")}
      esac
      ;;
  esac
  return ret
}
`;
}

const functionName = (words: string): string =>
  ["_plimsoll", ...words.split(" ").filter(Boolean)].join("_").replaceAll("-", "_");

/** -s: short options may be combined; -S: '--' ends options; -A: so does the first operand. */
const flags = ({ stopAtOperand }: Command): string => (stopAtOperand ? "-s -S -A '-*'" : "-s -S");

/** An option's spellings: they exclude one another, unless it takes a value and may be repeated. */
function optionSpec({ long, short = [], value, completion, about }: OptionSpec): string {
  const takes = value !== undefined;
  const names = [...short.slice(0, 1).map((name) => `-${name}`), `--${long[0]}`];
  const forms = names.map((name) => (takes ? name + (name.startsWith("--") ? "=" : "+") : name));
  const explained = quoted(`[${escaped(about)}]${takes ? `:${escaped(value)}:${action(completion)}` : ""}`);
  const excluded = takes
    ? "'*'"
    : quoted(long[0] === "help" || long[0] === "version" ? "(- *)" : `(${names.join(" ")})`);
  return excluded + (forms.length > 1 ? `{${forms.join(",")}}` : forms[0]) + explained;
}

function operandSpec({ at, more, completion }: ReturnType<typeof operandsOf>[number]): string {
  // Three colons: another command line follows.
  const position = more ? (completion === "command" ? "*::" : "*") : String(at + 1);
  const what = typeof completion === "string" ? completion : "argument";
  return quoted(`${position}:${what}:${action(completion)}`);
}

function action(completion: Completion | undefined): string {
  switch (completion) {
    case undefined:
      return " ";
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "lock":
      return "_plimsoll_locks";
    case "command":
      return "_plimsoll_command_line";
    default:
      return `(${plainWords(completion)})`;
  }
}

const escaped = (text: string): string => text.replace(/[\\[\]:]/g, "\\$&");
