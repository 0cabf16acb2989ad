/** The program's commands as a tree, all loaded, for the manual and the completions. */
import type { Command } from "../../cli/command.ts";
import { COMMON_OPTIONS, type Completion, type OptionSpec } from "../../cli/options.ts";
import { COMMANDS } from "../../commands/index.ts";

/** One command, or a group of them. */
export interface CommandNode {
  /** Its words: `lock run`; "" for the program itself. */
  readonly name: string;
  /** The last of these words. */
  readonly word: string;
  readonly about: string;
  /** Absent for a group and for the program. */
  readonly command?: Command;
  readonly members: readonly CommandNode[];
}

/** @returns the program with all commands, in the order of the help */
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

/** @returns the node and its descendants, parents first */
export const flatten = (node: CommandNode): CommandNode[] => [node, ...node.members.flatMap(flatten)];

/** @returns the commands, without groups */
export const commandsOf = (node: CommandNode): Command[] =>
  flatten(node).flatMap(({ command }) => command ?? []);

/** @returns the options allowed after the node's words */
export const optionsOf = ({ command }: CommandNode): readonly OptionSpec[] => [
  ...(command?.options ?? []),
  ...COMMON_OPTIONS,
];

/** @returns all spellings of an option, with dashes, long ones first */
export const spellings = ({ long, short = [] }: OptionSpec): string[] => [
  ...long.map((name) => `--${name}`),
  ...short.map((name) => `-${name}`),
];

/** An operand by position, from 0; `more` includes all that follow. */
export interface OperandPosition {
  readonly at: number;
  readonly more: boolean;
  readonly completion: Completion | undefined;
}

/** @returns a command's operands */
export function operandsOf({ operands = [], moreOperands }: Command): OperandPosition[] {
  const places = operands.map((completion, at) => ({ at, more: false, completion }));
  if (moreOperands === undefined) return places;
  return [...places, { at: operands.length, more: true, completion: moreOperands }];
}

/**
 * @returns the words, separated by spaces, for use without quotes in a shell script
 * @throws Error for a word that needs quotes
 */
export function plainWords(words: readonly string[]): string {
  const strange = words.find((word) => !/^[\w.,+-]+$/.test(word));
  if (strange !== undefined) throw new Error(`'${strange}' needs quotes, which completions do not support`);
  return words.join(" ");
}

/** Quote a text as one word for a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
