/** Command lines that reach every command, subcommand, option and output format, from the tables that make the help. */

import { commandsOf, commandTree, flatten } from "../../src/build/manual/tree.ts";
import type { Command } from "../../src/cli/command.ts";
import type { OptionSpec } from "../../src/cli/options.ts";
import { HOSTILE } from "./world.ts";

export interface CommandLine {
  readonly args: readonly string[];
  /** The link that the program is started through. */
  readonly as?: string;
}

/** What changes what the next command finds: these run last. */
const CHANGING = /^(setup|config|doctor|applets|lock release)\b/;

export const isChanging = ({ args }: CommandLine): boolean => CHANGING.test(args.join(" "));

export async function commandLines(): Promise<CommandLine[]> {
  const tree = await commandTree();
  const groups = flatten(tree).filter(({ command }) => command === undefined);
  const lines = [
    ...groups.flatMap(({ name }) => {
      const words = name.split(" ").filter(Boolean);
      return [[], ["--help"], ["--version"], [HOSTILE], [`--${HOSTILE}`], ["help", HOSTILE]].map((more) => [
        ...words,
        ...more,
      ]);
    }),
    ...commandsOf(tree).flatMap(linesOf),
  ];
  return [
    ...lines.map((args) => ({ args })).toSorted((a, b) => Number(isChanging(a)) - Number(isChanging(b))),
    ...["flock", "timeout"].flatMap((as) => APPLETS.map((args) => ({ as, args }))),
  ];
}

const APPLETS = [
  [],
  ["--help"],
  ["--version"],
  [HOSTILE],
  [`--${HOSTILE}`],
  [`-${HOSTILE}`],
  ["-s", HOSTILE, "1", "true"],
  ["-w", HOSTILE, "x", "true"],
  ["-E", HOSTILE, "x", "true"],
  ["-k", HOSTILE, "1", "true"],
  ["--verbose", "/dev/null", `./${HOSTILE}`],
  ["-v", "1", `./${HOSTILE}`],
  ["-v", "0.1", `./script${HOSTILE}`],
  [`${HOSTILE}/x`, "true"],
  ["-x", HOSTILE, "-c"],
];

/** Of a long list, such as all segments, a few from everywhere in it: each line is a process, for each configuration. */
const sampleOf = (words: readonly string[]): readonly string[] =>
  words.length <= 12 ? words : words.filter((_, index) => index % 6 === 0);

function linesOf(command: Command): string[][] {
  const name = command.name.split(" ");
  const { options } = command;
  const operands = [command.operands?.[0], command.moreOperands].flatMap((each) =>
    Array.isArray(each) ? (each as string[]) : [],
  );
  const forms = formsOf(options);
  const given = [
    [],
    [HOSTILE],
    [`./${HOSTILE}`],
    [HOSTILE, HOSTILE, HOSTILE],
    ["held"],
    ["./plain"],
    ...sampleOf(operands).map((word) => [word]),
  ];
  const commands = command.stopAtOperand
    ? [
        ["1", HOSTILE],
        ...(command.name === "run" ? [["-v", "0.1", `./script${HOSTILE}`]] : []),
        [HOSTILE, "--", HOSTILE],
        ["-v", "-n", "held", "--", HOSTILE],
        ["-n", "./plain", HOSTILE],
        ["free", "--", `./${HOSTILE}`],
        ["--json", HOSTILE, "1", HOSTILE],
        ["--max-output", "1", "1", "/bin/sh", "-c", "echo abc >/dev/null", HOSTILE],
      ]
    : [];
  return [
    ...given.flatMap((words) => forms.map((form) => [...words, ...form])),
    ...options.flatMap((option) =>
      valuesOf(option).map((value) =>
        option.value === undefined ? [`--${option.long[0]}`] : [`--${option.long[0]}`, value],
      ),
    ),
    ...sampleOf(operands).flatMap((word) =>
      options.flatMap((option) => (option.value === undefined ? [[word, `--${option.long[0]}`]] : [])),
    ),
    ...commands,
    ["--help"],
    ["--version"],
    [`--${HOSTILE}`],
    [`-${HOSTILE}`],
    [`--help=${HOSTILE}`],
  ].map((rest) => [...name, ...rest]);
}

/** Every way to ask for a form of output. */
function formsOf(options: readonly OptionSpec[]): string[][] {
  const named = options.flatMap(({ long: [name], value, completion }) =>
    /^(json|csv|markdown)$/.test(name) && value === undefined
      ? [[`--${name}`]]
      : name === "format" && Array.isArray(completion)
        ? completion.map((each: string) => ["--format", each])
        : [],
  );
  return [[], ...named];
}

const valuesOf = ({ value, completion }: OptionSpec): string[] =>
  value === undefined
    ? [""]
    : [HOSTILE, ...(Array.isArray(completion) ? (completion as string[]) : []), "held"];
