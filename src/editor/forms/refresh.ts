/** How often each part is gathered. */
import { PARTS } from "../../state/parts.ts";
import type { EditorState } from "../state.ts";
import { durationChoices, durationField, durationText } from "./duration.ts";
import type { Item } from "./item.ts";

const DAY_MS = 86_400_000;

export const refreshItems = ({ document: { config } }: EditorState): Item[] =>
  Object.entries(PARTS).map(([part, { about, ttlMs }]) => {
    const value = config.refresh[part] ?? ttlMs;
    return {
      label: part,
      about,
      path: ["refresh", part],
      value,
      base: ttlMs,
      shown: durationText(value),
      shownBase: durationText(ttlMs),
      edit: {
        kind: "choice",
        choices: durationChoices(1000, DAY_MS, value, ttlMs),
        typed: durationField(value),
      },
      write: (ms) => durationText(Number(ms)),
    };
  });
