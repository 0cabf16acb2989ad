/** Colours of roles: a palette to step through, or a typed "#rrggbb". */
import { ROLES, type Role } from "../../line/segment.ts";
import type { EditorState } from "../state.ts";
import type { Choice, Item } from "./item.ts";
import { segmentsWith } from "./roles.ts";

/** Hues in three tones, which are legible on dark, on light and on middle grounds. */
const PALETTE: readonly (readonly [string, string])[] = [
  ["red", "#e06c75"],
  ["orange", "#e08a4e"],
  ["yellow", "#d9b44a"],
  ["green", "#7fb069"],
  ["teal", "#4fb3a5"],
  ["cyan", "#56b6c2"],
  ["blue", "#61afef"],
  ["violet", "#9d86e9"],
  ["magenta", "#c678dd"],
  ["pink", "#e58fb1"],
  ["dark red", "#a8323e"],
  ["dark green", "#3d7a3a"],
  ["dark blue", "#2f6eb5"],
  ["brown", "#8a6642"],
  ["white", "#e6e6e6"],
  ["grey", "#8c8c8c"],
];

const CHOICES: readonly Choice[] = [
  { value: undefined, label: "default", about: "the theme's own" },
  ...PALETTE.map(([about, value]) => ({ value, label: value, about, color: value })),
];

/** @returns an item for each role. @param roles default: all. @param label default: the role */
export const colorItems = (
  state: EditorState,
  roles: readonly Role[] = ROLES,
  label: (role: Role) => string = (role) => role,
): Item[] => roles.map((role) => colorItem(state, role, label(role)));

function colorItem({ document: { config } }: EditorState, role: Role, label: string): Item {
  const value = config.colors[role];
  const users = segmentsWith(role, config);
  return {
    label,
    about: `The role ${role}, shared by ${users.length > 0 ? users.join(", ") : "no segment of this line"}`,
    role,
    path: ["colors", role],
    value,
    base: undefined,
    shown: value ?? "default",
    edit: {
      kind: "choice",
      choices: CHOICES,
      typed: {
        hint: "a colour like #8fc7ff",
        text: value ?? "#",
        read: (text) =>
          /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(text.trim())
            ? { value: text.trim() }
            : { error: `invalid colour '${text}'; expected one like #8fc7ff` },
      },
    },
  };
}
