/** A question with answers of one key each. */
import type { Binding } from "../bindings.ts";
import { type ConfirmMode, close } from "../state.ts";

const LABELS: Readonly<Record<string, string>> = { escape: "esc" };

/** @returns the keys of a question */
export const confirmBindings = ({ answers }: ConfirmMode): Binding[] =>
  answers.map(({ keys, about, run }) => ({
    keys,
    label: keys
      .filter((key) => key !== "ctrl-c")
      .map((key) => LABELS[key] ?? key)
      .join(" "),
    about,
    help: about,
    run: (state) => run(close(state)),
  }));
