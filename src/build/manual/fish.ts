/** Completion for fish: one `complete` per word, with conditions that walk the words before the cursor. */
import type { Completion, OptionSpec } from "../../cli/options.ts";
import { type CommandNode, flatten, operandsOf, optionsOf, plainWords, spellings } from "./tree.ts";

/** @returns `plimsoll.fish`, for a directory of `fish_complete_path` */
export function fishCompletion(program: CommandNode): string {
  const nodes = flatten(program);
  const valued = nodes.flatMap((node) =>
    optionsOf(node)
      .filter(({ value }) => value !== undefined)
      .flatMap((option) => spellings(option).map((name) => quoted(`${node.name}/${name}`))),
  );
  const groups = nodes.filter(({ command }) => !command).map(({ name }) => quoted(name));
  const stopping = nodes.filter(({ command }) => command?.stopAtOperand).map(({ name }) => quoted(name));
  return `# Completion of plimsoll's command lines for fish. Generated from the program's command tables.

# Print the context of the cursor: the command's words, whether options may follow, and each operand before it.
function __plimsoll_place
    set -l command ''
    set -l operands
    set -l options yes
    set -l value no
    set -l words (commandline -opc)
    for word in $words[2..]
        if test $value = yes
            set value no
        else if test $options = yes; and test "$word" = --
            set options no
        else if test $options = yes; and string match -q -- '-*' $word
            contains -- "$command/$word" ${valued.join(" ")}
            and set value yes
        else if contains -- "$command" ${groups.join(" ")}
            set command (string trim -- "$command $word")
        else
            set -a operands $word
            contains -- "$command" ${stopping.join(" ")}
            and set options no
        end
    end
    printf '%s\\n' "$command" $options $operands
end

# Whether the cursor is at the command $argv[1]: at its options, or with $argv[2] at that operand (1+: or a later one).
function __plimsoll_at
    set -l place (__plimsoll_place)
    test "$place[1]" = "$argv[1]"
    or return
    set -l operands (math (count $place) - 2)
    switch "$argv[2]"
        case ''
            test $place[2] = yes
        case '*+'
            test $operands -ge (string trim -r -c + -- $argv[2])
        case '*'
            test $operands -eq $argv[2]
    end
end

# Complete the command line that starts at operand $argv[1].
function __plimsoll_command_line
    set -l operands (__plimsoll_place)[3..]
    set -l words $operands[(math $argv[1] + 1)..]
    test "$words[1]" = --
    and set -e words[1]
    set -l line (string escape -- $words) (commandline -ct)
    complete -C "$line"
end

# The names of existing locks.
function __plimsoll_locks
    command -q plimsoll
    and command plimsoll lock list 2>/dev/null | string replace -r ': .*' ''
end

complete -c plimsoll -f
${nodes.flatMap(lines).join("\n")}
`;
}

function lines(node: CommandNode): string[] {
  const members = node.members.map(({ word, about }) => `${at(node.name)} -a ${word} -d ${quoted(about)}`);
  const operands = (node.command ? operandsOf(node.command) : []).map(
    (place) => `${at(node.name, `${place.at}${place.more ? "+" : ""}`)} ${offer(place.completion, place.at)}`,
  );
  return [...members, ...optionsOf(node).map((option) => optionLine(node, option)), ...operands];
}

function optionLine(node: CommandNode, { long, short = [], value, completion, about }: OptionSpec): string {
  const names = [...short.slice(0, 1).map((name) => `-s ${name}`), `-l ${long[0]}`];
  const takes = value === undefined ? [] : ["-r", offer(completion)];
  return [at(node.name), ...names, ...takes, "-d", quoted(about)].join(" ");
}

const at = (name: string, place?: string): string =>
  `complete -c plimsoll -n ${quoted(`__plimsoll_at "${name}"${place === undefined ? "" : ` ${place}`}`)}`;

/** @param start the operand at which another program's command line starts */
function offer(completion: Completion | undefined, start = 0): string {
  switch (completion) {
    case undefined:
      return "-f";
    case "file":
      return "-F";
    case "directory":
      return "-f -a '(__fish_complete_directories (commandline -ct))'";
    case "lock":
      return "-F -a '(__plimsoll_locks)'";
    case "command":
      return `-f -a '(__plimsoll_command_line ${start})'`;
    default:
      return `-f -a '${plainWords(completion)}'`;
  }
}

/** In single quotes fish has two escapes. */
const quoted = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;
