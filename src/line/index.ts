/** The line: `renderLine` for `display`, `explainLine` for a person. Pure. */
export type { ColorDepth, Context, Terminal } from "./context.ts";
export { type Explanation, explainLine } from "./explain.ts";
export { renderLine } from "./line.ts";
export { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
