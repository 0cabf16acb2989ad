import { tidy } from "../layout/clean.ts";
import { count } from "../look/format.ts";
import { freshness } from "../parts.ts";
import { prose, type Span, segment } from "../segment.ts";

export const todos = segment({
  name: "todos",
  about: "The session's todo list: items done of all, and the item in progress",
  source: "state transcript",
  absent: "the session has no todo list, or the transcript has not been read",
  brief: "none",
  priority: 32,
  part: "transcript",
  render(context) {
    const part = context.session?.parts.transcript;
    const list = part?.value?.todos;
    if (!list || list.total === 0) return undefined;
    const figure: Span[] = [
      { text: "todo ", role: "muted" },
      {
        text: `${count(list.done)}/${count(list.total)}`,
        role: list.done >= list.total ? "good" : "activity",
      },
    ];
    const current = list.current === undefined ? "" : tidy(list.current);
    return {
      role: "activity",
      icon: "todo",
      spans: current === "" ? figure : [...figure, { text: " ", role: "text" }, prose(current)],
      short: figure,
      ...freshness(context, "transcript", part),
    };
  },
});
