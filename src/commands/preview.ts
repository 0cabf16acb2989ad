import { printable } from "../cli/characters.ts";
import type { Command } from "../cli/command.ts";
import { EXIT, UsageError } from "../cli/errors.ts";
import { nearest } from "../cli/nearest.ts";
import type { ParsedOptions } from "../cli/options.ts";
import { printLine } from "../cli/output.ts";
import type { Config } from "../config/config.ts";
import { PRESET_NAMES, PRESETS, presetConfig, presetNamed } from "../config-file/presets.ts";
import { STYLE_NAMES } from "../line/layout/style.ts";
import { ICON_CHOICES, ICON_SET_NAMES } from "../line/look/icons.ts";
import { theme } from "../line/look/theme.ts";
import { themeNames } from "../line/look/themes.ts";
import { SAMPLE_NAMES, type SampleName, sampleAbout } from "../line/samples.ts";
import { refuseOperands } from "./config/file.ts";
import { backgroundForPreview, type PreviewGround } from "./preview-ground.ts";
import { configuredConfig, sampleRows } from "./sample-line.ts";

const THEMES = ["auto", ...themeNames()];
const ALL_WIDTHS = [40, 80, 120, 200];

export const preview: Command = {
  name: "preview",
  usage: ["[options]"],
  about: "Draw the line in sample sessions, with any theme, style, preset and width",
  details: `
Without options: the configured line in every sample session, as wide as the terminal.
Samples: ${SAMPLE_NAMES.map((name) => `${name} (${sampleAbout(name)})`).join("; ")}.
--all shows every theme and style, in every sample, at ${ALL_WIDTHS.join(", ")} columns.`,
  options: [
    { long: ["all"], about: "Draw every theme, style, sample and width" },
    { long: ["themes"], about: "Draw every theme" },
    { long: ["styles"], about: "Draw every style with every icon set" },
    { long: ["presets"], about: "Draw every preset" },
    { long: ["theme"], value: "NAME", completion: THEMES, about: "Use this theme" },
    { long: ["style"], value: "NAME", completion: STYLE_NAMES, about: `One of ${STYLE_NAMES.join(", ")}` },
    {
      long: ["icons"],
      value: "NAME",
      completion: ICON_CHOICES,
      about: `One of ${ICON_CHOICES.join(", ")}`,
    },
    { long: ["preset"], value: "NAME", completion: PRESET_NAMES, about: `One of ${PRESET_NAMES.join(", ")}` },
    {
      long: ["sample"],
      value: "NAME",
      completion: SAMPLE_NAMES,
      about: "Draw this sample session only; may be repeated",
    },
    { long: ["width"], value: "COLUMNS", about: "Draw for a terminal of this width; may be repeated" },
  ],
  run: async (options) => {
    refuseOperands(options);
    const config = chooseConfig(options);
    const all = options.has("all");
    const widths = all ? ALL_WIDTHS : options.all("width").map(readWidth);
    const samples = options.has("sample")
      ? options.all("sample").map((name) => oneOf(name, SAMPLE_NAMES, "sample"))
      : undefined;
    const few: readonly SampleName[] = samples ?? ["busy", "near"];
    const drawings: PreviewPart[] = [];
    const add = (title: string, over: Partial<Config>, shown: readonly SampleName[]) =>
      drawings.push({ title, config: { ...config, ...over }, samples: shown });
    if (all || options.has("themes"))
      for (const name of themeNames())
        add(`theme ${name}: ${theme(name)?.about}`, { theme: name }, all ? SAMPLE_NAMES : few);
    if (all || options.has("styles"))
      for (const style of STYLE_NAMES)
        for (const icons of ICON_SET_NAMES)
          add(`style ${style}, icons ${icons}`, { style, icons }, all ? SAMPLE_NAMES : few);
    if (all || options.has("presets"))
      for (const name of PRESET_NAMES) add(`preset ${name}: ${PRESETS[name].about}`, presetConfig(name), few);
    if (drawings.length === 0) add("", {}, samples ?? SAMPLE_NAMES);
    const ground = await backgroundForPreview(drawings.map((drawing) => drawing.config.theme));
    const out = drawings.flatMap((drawing) =>
      (widths.length > 0 ? widths : [undefined]).flatMap((columns) => section(drawing, ground, columns)),
    );
    printLine(out.join("\n"), "rows");
    return EXIT.ok;
  },
};

/** A configuration in some sample sessions. */
interface PreviewPart {
  /** Empty for the only one. */
  readonly title: string;
  readonly config: Config;
  readonly samples: readonly SampleName[];
}

function section({ title, config, samples }: PreviewPart, ground: PreviewGround, columns?: number): string[] {
  const lines =
    title === "" && columns === undefined
      ? []
      : [`── ${[title, columns && `${columns} columns`].filter(Boolean).join(", ")}`];
  for (const [index, sample] of samples.entries()) {
    if (index > 0) lines.push("");
    if (samples.length > 1) lines.push(`   ${sample}: ${sampleAbout(sample)}`);
    lines.push(...sampleRows(sample, config, columns, ground));
  }
  return [...lines, ""];
}

/** The user's configuration, overridden by the options. */
function chooseConfig(options: ParsedOptions): Config {
  let config = configuredConfig();
  const preset = options.get("preset");
  if (preset !== undefined)
    config = { ...config, ...presetConfig(presetNamed(preset) ?? oneOf(preset, PRESET_NAMES, "preset")) };
  const [name, style, icons] = [options.get("theme"), options.get("style"), options.get("icons")];
  return {
    ...config,
    ...(name === undefined ? {} : { theme: oneOf(name, THEMES, "theme") }),
    ...(style === undefined ? {} : { style: oneOf(style, STYLE_NAMES, "style") }),
    ...(icons === undefined ? {} : { icons: oneOf(icons, ICON_CHOICES, "icon set") }),
  };
}

function oneOf<const Name extends string>(given: string, names: readonly Name[], what: string): Name {
  const found = names.find((name) => name === given);
  if (found !== undefined) return found;
  const guess = nearest(given, names);
  throw new UsageError(
    `unknown ${what} '${printable(given)}'`,
    guess ? `did you mean '${guess}'?` : `known: ${names.join(", ")}`,
  );
}

function readWidth(text: string): number {
  const width = Number(text);
  if (Number.isInteger(width) && width > 0 && width <= 4096) return width;
  throw new UsageError(`invalid width '${printable(text)}'`, "expected 1 to 4096 columns");
}
