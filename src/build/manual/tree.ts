/** The program's commands as the manual and the shells' completions see them: all loaded, groups with their members. */
import type { Command } from "../../cli/command.ts";
import { COMMON_OPTIONS, type Completion, type OptionSpec } from "../../cli/options.ts";
import { COMMANDS } from "../../commands/index.ts";

/** One command, or a group of them. */
export interface CommandNode {
  /** The words it is called by, separated by spaces: `lock run`; "" for the program itself. */
  readonly name: string;
  /** The last of these words. */
  readonly word: string;
  readonly about: string;
  /** Absent for a group and for the program. */
  readonly command?: Command;
  readonly members: readonly CommandNode[];
}

/** @returns the program itself, with all commands below it, in the order of the help */
export async function commandTree(): Promise<CommandNode> {
  const members = Object.entries(COMMANDS).map(async ([word, { about, load }]): Promise<CommandNode> => {
    const loaded = await load();
    if (!("subcommands" in loaded)) return { name: word, word, about, command: loaded, members: [] };
    const inner = Object.entries(loaded.subcommands).map(async ([member, loadMember]) => {
      const command = await loadMember();
      return { name: `${word} ${member}`, word: member, about: command.about, command, members: [] };
    });
    return { name: word, word, about, members: await Promise.all(inner) };
  });
  return { name: "", word: "plimsoll", about: "", members: await Promise.all(members) };
}

/** @returns the node and everything below it, parents first */
export const flatten = (node: CommandNode): CommandNode[] => [node, ...node.members.flatMap(flatten)];

/** @returns the commands proper */
export const commandsOf = (node: CommandNode): Command[] =>
  flatten(node).flatMap(({ command }) => command ?? []);

/** @returns the options that may stand after the node's words */
export const optionsOf = ({ command }: CommandNode): readonly OptionSpec[] => [
  ...(command?.options ?? []),
  ...COMMON_OPTIONS,
];

/** @returns all spellings of an option, dashes included, long ones first */
export const spellings = ({ long, short = [] }: OptionSpec): string[] => [
  ...long.map((name) => `--${name}`),
  ...short.map((name) => `-${name}`),
];

/** What stands at one place among the operands: the first is 0; `more` for that and all that follow. */
export interface Place {
  readonly at: number;
  readonly more: boolean;
  readonly completion: Completion | undefined;
}

/** @returns the places where a command takes operands */
export function placesOf({ operands = [], moreOperands }: Command): Place[] {
  const places = operands.map((completion, at) => ({ at, more: false, completion }));
  if (moreOperands === undefined) return places;
  return [...places, { at: operands.length, more: true, completion: moreOperands }];
}

/**
 * @returns the words of a list, separated by spaces, for a shell script that does not quote them
 * @throws Error for a word that a shell would read differently
 */
export function plainWords(words: readonly string[]): string {
  const strange = words.find((word) => !/^[\w.,+-]+$/.test(word));
  if (strange !== undefined) throw new Error(`'${strange}' cannot be completed without quoting`);
  return words.join(" ");
}

/** @returns the text as one word of a shell's command line */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
