/** The line: `renderLine` for `display`, `explainLine` for a person. Pure. */
export type { ColorDepth, Context, Terminal } from "./context.ts";
export { DEFAULT_SETTINGS } from "./defaults.ts";
export { type Explanation, explainLine } from "./explain.ts";
export { renderLine } from "./line.ts";
export type { Settings } from "./settings.ts";
