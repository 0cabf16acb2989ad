/** Every position of every command line with known completions. */
import {
  type CommandNode,
  commandTree,
  flatten,
  operandsOf,
  optionsOf,
} from "../../../src/build/manual/tree.ts";

/** A command line up to the cursor, and its completions. */
export interface Place {
  /** The words after the program's name; the cursor is at the end of the last, possibly empty one. */
  readonly words: readonly string[];
  readonly expected: readonly string[];
}

/** @returns positions of a command's name, an option, an option's value in each spelling, an operand */
export async function places(): Promise<Place[]> {
  return flatten(await commandTree()).flatMap(placesIn);
}

function placesIn(node: CommandNode): Place[] {
  const words = node.name.split(" ").filter(Boolean);
  const options = optionsOf(node);
  const values = options.flatMap(({ long, short = [], completion }) =>
    Array.isArray(completion)
      ? [
          [`--${long[0]}`, ""],
          ...long.map((name) => [`--${name}=`]),
          ...short.map((name) => [`-${name}`, ""]),
        ].map((form) => ({ words: [...words, ...form], expected: completion as string[] }))
      : [],
  );
  const operands = (node.command ? operandsOf(node.command) : []).flatMap(({ at, more, completion }) =>
    Array.isArray(completion)
      ? [at, ...(more ? [at + 1, at + 2] : [])].map((before) => ({
          words: [...words, ...Array<string>(before).fill("x"), ""],
          expected: completion as string[],
        }))
      : [],
  );
  return [
    ...(node.command ? [] : [{ words: [...words, ""], expected: node.members.map(({ word }) => word) }]),
    { words: [...words, "--"], expected: options.map(({ long }) => `--${long[0]}`) },
    ...values,
    ...operands,
  ];
}
