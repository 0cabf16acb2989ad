/** The lists of values, by what they are about. */
import { findSegment } from "../../line/segments/index.ts";
import type { EditorState, FormId } from "../state.ts";
import { colorItems } from "./colors.ts";
import { commandItem, commandItems } from "./commands.ts";
import type { Item } from "./item.ts";
import { optionItems } from "./options.ts";
import { refreshItems } from "./refresh.ts";

/** @returns the values of a list, at least one */
export function formItems(state: EditorState, form: FormId): Item[] {
  if (form.kind === "options") return optionItems(state, form.reference);
  if (form.kind === "colors") return colorItems(state);
  if (form.kind === "refresh") return refreshItems(state);
  return form.kind === "commands" ? commandItems(state) : commandItem(state, form.name);
}

/** @returns the heading of a list, and what it is about */
export function formTitle(form: FormId): { title: string; about: string } {
  if (form.kind === "options")
    return { title: form.reference, about: findSegment(form.reference)?.segment.about ?? "" };
  if (form.kind === "colors")
    return { title: "colours", about: "a role is shared by all segments that use it" };
  if (form.kind === "refresh") return { title: "data age", about: "maximum age of gathered figures" };
  if (form.kind === "commands")
    return { title: "commands", about: "programs of your own, run in the background" };
  return { title: `command ${form.name}`, about: `shown by the segment command:${form.name}` };
}
