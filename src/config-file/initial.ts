/** The configuration that `config init` writes: the rows of a preset, and comments on the rest. */
import { DEFAULT_CONFIG, type RowConfig } from "../config/config.ts";
import { STYLE_NAMES } from "../line/layout/style.ts";
import { ICON_CHOICES } from "../line/look/icons.ts";
import { PRESETS, type Preset, type PresetName } from "./presets.ts";

/**
 * @param name the preset
 * @param schema the path of the JSON Schema, relative to the file
 */
export function initialConfig(name: PresetName, schema: string): string {
  const preset: Preset = PRESETS[name];
  return `// Plimsoll. Comments and trailing commas are allowed. 'plimsoll config check' finds errors,
// 'plimsoll segments' lists the segments, 'plimsoll preview' draws the line.
{
  "$schema": ${JSON.stringify(schema)},
  // ${preset.about}
  "preset": "${name}",
  "rows": ${formatRows(preset.config.rows ?? DEFAULT_CONFIG.rows)},
  // ${STYLE_NAMES.join(", ")}
  "style": "plain",
  // ${ICON_CHOICES.join(", ")}; nerd needs a Nerd Font
  "icons": "auto",
  // auto follows the terminal's background if that is known; 'plimsoll preview --themes' draws all
  "theme": "auto",
  "segments": {
    // "context": { "levels": [70, 85], "show": "left" },
    // "five-hour": { "time": "clock", "pace": true },
  },
  // Your own commands run in the background only; the segment "command:weather" shows one.
  // "commands": { "weather": { "run": ["curl", "-s", "wttr.in?format=1"], "refresh": "15m" } },
}
`;
}

/** Rows as people write them: one line each. */
function formatRows(rows: readonly RowConfig[]): string {
  const list = (names: readonly string[]) => `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;
  const row = ({ left, right }: RowConfig) =>
    right === undefined || right.length === 0
      ? list(left)
      : `{ "left": ${list(left)}, "right": ${list(right)} }`;
  return `[\n${rows.map((each) => `    ${row(each)}`).join(",\n")},\n  ]`;
}
