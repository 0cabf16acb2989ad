/** The configuration that `config init` writes: the preset by name, the looks, and comments to start from. */
import { DEFAULT_CONFIG, type RowConfig } from "../config/config.ts";
import { STYLE_NAMES } from "../line/layout/style.ts";
import { ICON_CHOICES } from "../line/look/icons.ts";
import { PRESET_NAMES, type PresetName, presetConfig } from "./presets.ts";

/**
 * The rows are a comment: without rows of its own the configuration follows its preset.
 * @param name the preset
 * @param schema the path of the JSON Schema, relative to the file
 */
export function initialConfig(name: PresetName, schema: string): string {
  const { style, icons, theme } = DEFAULT_CONFIG;
  return `// Plimsoll. Comments and trailing commas are allowed. 'plimsoll config check' finds errors,
// 'plimsoll segments' lists the segments, 'plimsoll preview' draws the line.
{
  "$schema": ${JSON.stringify(schema)},
  // ${PRESET_NAMES.join(", ")}; 'plimsoll preview --presets' draws all
  "preset": ${JSON.stringify(name)},
  // Your own rows instead of the preset's; these are the rows of ${name}:
${commented(`"rows": ${formatRows(presetConfig(name).rows)},`)}
  // ${STYLE_NAMES.join(", ")}
  "style": ${JSON.stringify(style)},
  // ${ICON_CHOICES.join(", ")}; nerd needs a Nerd Font
  "icons": ${JSON.stringify(icons)},
  // auto follows Claude Code's theme; 'plimsoll preview --themes' draws all
  "theme": ${JSON.stringify(theme)},
  "segments": {
    // "context": { "levels": [70, 85], "show": "left" },
    // "five-hour": { "time": "clock", "pace": true },
  },
  // Your own commands run in the background only; the segment "command:weather" shows one.
  // "commands": { "weather": { "run": ["curl", "-s", "wttr.in?format=1"], "refresh": "15m" } },
}
`;
}

const commented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  // ${line}`)
    .join("\n");

/** Rows as people write them: one line each. */
function formatRows(rows: readonly RowConfig[]): string {
  const list = (names: readonly string[]) => `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;
  const row = ({ left, right }: RowConfig) =>
    right === undefined || right.length === 0
      ? list(left)
      : `{ "left": ${list(left)}, "right": ${list(right)} }`;
  return `[\n${rows.map((each) => `  ${row(each)}`).join(",\n")},\n]`;
}
