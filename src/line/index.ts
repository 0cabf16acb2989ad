/** The line: `renderLine` for `display`, `explainLine` for a person. Pure. */

export { DEFAULT_SETTINGS } from "../config/defaults.ts";
export type { Settings } from "../config/settings.ts";
export type { ColorDepth, Context, Terminal } from "./context.ts";
export { type Explanation, explainLine } from "./explain.ts";
export { renderLine } from "./layout/line.ts";
