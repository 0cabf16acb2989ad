/**
 * The session's todo list, from its tools: TodoWrite has the whole list; TaskCreate and TaskUpdate change one item, with
 * a number from the result of its creation.
 */
import { field, type Json, text } from "../../claude/json.ts";
import type { TranscriptFacts } from "../../state/parts.ts";

type TodoStatus = "pending" | "in_progress" | "completed";

/** An item has no id until the result of its creation. */
export interface TodoList {
  items: { id?: string; call?: string; title: string; status: TodoStatus }[];
}

export type TodoEvent =
  | { kind: "call"; id: string; name: string; input: Json }
  | { kind: "result"; id: string; content: string | undefined };

const MOST_ITEMS = 100;
const TITLE_LIMIT = 80;

export function updateTodos(todos: TodoList, event: TodoEvent): void {
  if (event.kind === "result") {
    const created = todos.items.find((item) => item.call === event.id);
    if (!created) return;
    delete created.call;
    const number = event.content?.match(/#(\w+)/)?.[1];
    if (number === undefined) todos.items = todos.items.filter((item) => item !== created);
    else created.id = number;
    return;
  }
  const { name, input, id } = event;
  if (name === "TodoWrite") replaceAll(todos, field(input, "todos"));
  else if (name === "TaskCreate") {
    const title =
      text(field(input, "activeForm"), TITLE_LIMIT) ?? text(field(input, "subject"), TITLE_LIMIT) ?? "";
    todos.items.push({ call: id, title, status: "pending" });
    if (todos.items.length > MOST_ITEMS) todos.items.shift();
  } else if (name === "TaskUpdate") {
    const number = text(field(input, "taskId"), 20);
    const item = todos.items.find((candidate) => candidate.id === number);
    const status = field(input, "status");
    if (status === "deleted") todos.items = todos.items.filter((candidate) => candidate !== item);
    else if (item && isStatus(status)) item.status = status;
  }
}

/** @returns undefined when the session has no list */
export function todoFacts({ items }: TodoList): TranscriptFacts["todos"] {
  if (items.length === 0) return undefined;
  const current = items.find(({ status }) => status === "in_progress")?.title;
  return {
    done: items.filter(({ status }) => status === "completed").length,
    total: items.length,
    ...(current ? { current } : {}),
  };
}

function replaceAll(todos: TodoList, list: Json): void {
  if (!Array.isArray(list)) return;
  todos.items = list.slice(0, MOST_ITEMS).map((item) => {
    const status = field(item, "status");
    const title =
      text(field(item, "activeForm"), TITLE_LIMIT) ?? text(field(item, "content"), TITLE_LIMIT) ?? "";
    return { title, status: isStatus(status) ? status : "pending" };
  });
}

const isStatus = (value: Json): value is TodoStatus =>
  value === "pending" || value === "in_progress" || value === "completed";
