/** The screens: their keys, and where printable keys type. */
import { type Binding, bindingOf } from "../bindings.ts";
import { type Key, typedText } from "../keys.ts";
import { type EditorState, modeOf, notify } from "../state.ts";
import { CHOOSE } from "./choose.ts";
import { confirmBindings } from "./confirm.ts";
import { FORM } from "./form.ts";
import { HOME } from "./home.ts";
import { INPUT, typeInto } from "./input.ts";
import { PICKER, typeFilter } from "./picker.ts";
import { HELP_SCREEN, INSTALL } from "./reading.ts";

/** @returns the table of keys of the screen in front */
export function bindingsOf(state: EditorState): readonly Binding[] {
  const mode = modeOf(state);
  if (!mode) return HOME;
  if (mode.name === "confirm") return confirmBindings(mode);
  return { form: FORM, picker: PICKER, choose: CHOOSE, input: INPUT, help: HELP_SCREEN, install: INSTALL }[
    mode.name
  ];
}

/** @returns what printable keys do on the screen in front, for the footer; undefined where they type nothing */
export function typingOf(
  state: EditorState,
): { about: string; type(state: EditorState, text: string): EditorState } | undefined {
  const name = modeOf(state)?.name;
  if (name === "picker" || name === "choose")
    return {
      about: "type to filter",
      type: (from, text) => typeFilter(from, text.replaceAll(/[\p{Cc}\p{Cs}]/gu, "")),
    };
  return name === "input" ? { about: "type the text", type: typeInto } : undefined;
}

/** One step of the editor: a key that has no meaning now changes nothing. */
export function press(state: EditorState, key: Key): EditorState {
  const binding = bindingOf(bindingsOf(state), state, key);
  if (binding) return binding.run(state, key);
  // It leaves every screen but the first one, and begins the terminal's late answers.
  if (key === "escape" && !modeOf(state)) return notify(state, "q leaves");
  const text = typedText(key);
  return text === undefined ? state : (typingOf(state)?.type(state, text) ?? state);
}
