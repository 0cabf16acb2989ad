/**
 * Completion for bash: tables generated from the commands, and a function that walks the words before the cursor.
 *
 * Compatible with bash 3.2 of macOS: no `compopt`, no `mapfile`, and words that are not split at '='. There, file names
 * are offered even where nothing matches. Another program's arguments are completed by bash-completion if that is
 * loaded, else as file names.
 */
import type { Completion } from "../../cli/options.ts";
import { type CommandNode, flatten, operandsOf, optionsOf, plainWords, spellings } from "./tree.ts";

/** @returns the script, to be sourced or loaded by bash-completion */
export function bashCompletion(program: CommandNode): string {
  const nodes = flatten(program);
  return `# Completion of plimsoll's command lines for bash 3.2 and newer. Generated from the program's command tables.
# Without bash-completion, source this file in ~/.bashrc.

# Set what may follow the words $1: commands, options, and whether options end at the first operand.
_plimsoll_words() {
  commands='' options='' stops=''
  case $1 in
${nodes.map(wordsCase).join("\n")}
  esac
}

# Set the values that the command $1 takes for $2, an option or an operand's number: words, or a kind. ':' is an unknown
# value; '' means no value.
_plimsoll_values() {
  values=''
  case $1/$2 in
${nodes.flatMap(valueCases).join("\n")}
  esac
}

_plimsoll_reply() {
  local word
  while IFS= read -r word; do COMPREPLY[\${#COMPREPLY[@]}]=$word; done < <(compgen "$@" -- "$cur")
}

_plimsoll() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command='' option='' operands=0 ended='' start=0
  local commands options stops values word index
  COMPREPLY=()
  _plimsoll_words ''
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ -n $option ]]; then
      [[ $word == '=' ]] || option=''
    elif [[ -z $ended && $word == -- ]]; then
      ended=1
    elif [[ -z $ended && $word == -* ]]; then
      _plimsoll_values "$command" "$word"
      [[ -z $values ]] || option=$word
    elif [[ -n $commands ]]; then
      command=\${command:+$command }$word
      _plimsoll_words "$command"
    else
      ended=$ended$stops
      _plimsoll_values "$command" "$operands"
      if [[ $values == :command ]]; then
        [[ $word == -- ]] && continue
        start=$index
        break
      fi
      operands=$((operands + 1))
    fi
  done

  if [[ $start -gt 0 ]]; then
    ! declare -F _command_offset >/dev/null || _command_offset "$start"
    return
  elif [[ -n $option ]]; then
    [[ $cur != '=' ]] || cur=''
    _plimsoll_values "$command" "$option"
  elif [[ -z $ended && $cur == --*=* ]]; then
    _plimsoll_values "$command" "\${cur%%=*}"
    cur=\${cur#*=}
  elif [[ -z $ended && $cur == -* ]]; then
    values=$options
  elif [[ -n $commands ]]; then
    values=$commands
  else
    _plimsoll_values "$command" "$operands"
  fi

  # Without a reply readline offers file names ('-o default'), as intended for some kinds, and for paths.
  case $values in
    :file) ;;
    :directory)
      if compopt -o filenames 2>/dev/null; then _plimsoll_reply -d; fi
      ;;
    :lock)
      # 'compgen -W' expands its words: allow only lock names.
      [[ $cur == */* ]] ||
        _plimsoll_reply -W "$(plimsoll lock list 2>/dev/null | sed -n 's/^\\([A-Za-z0-9_@+:%,=.-]*\\): .*/\\1/p')"
      ;;
    :command)
      [[ $cur == */* ]] || _plimsoll_reply -c
      ;;
    *)
      compopt +o default 2>/dev/null
      [[ $values == : ]] || _plimsoll_reply -W "$values"
      ;;
  esac
}

complete -o default -F _plimsoll plimsoll
`;
}

function wordsCase(node: CommandNode): string {
  const sets = [
    ["commands", plainWords(node.members.map(({ word }) => word))],
    ["options", plainWords(optionsOf(node).map(({ long }) => `--${long[0]}`))],
    ["stops", node.command?.stopAtOperand ? "1" : ""],
  ] as const;
  return branch(
    `'${node.name}'`,
    sets.filter(([, value]) => value !== "").map(([name, value]) => `${name}='${value}'`),
  );
}

function valueCases(node: CommandNode): string[] {
  const options = optionsOf(node)
    .filter(({ value }) => value !== undefined)
    .map((option) =>
      branch(
        spellings(option)
          .map((name) => `'${node.name}/${name}'`)
          .join(" | "),
        [`values='${kind(option.completion)}'`],
      ),
    );
  const operands = (node.command ? operandsOf(node.command) : []).map(({ at, more, completion }) =>
    branch(more ? `'${node.name}/'[0-9]*` : `'${node.name}/${at}'`, [`values='${kind(completion)}'`]),
  );
  return [...options, ...operands];
}

const branch = (pattern: string, statements: readonly string[]): string =>
  `    ${pattern}) ${statements.join(" ")} ;;`;

function kind(completion: Completion | undefined): string {
  if (completion === undefined) return ":";
  return typeof completion === "string" ? `:${completion}` : plainWords(completion);
}
