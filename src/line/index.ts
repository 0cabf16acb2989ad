/** The line: `renderLine` for `display`, `explainLine` for a person. Pure. */

export type { Config } from "../config/config.ts";
export { DEFAULT_CONFIG } from "../config/config.ts";
export type { ColorDepth, Context, Terminal } from "./context.ts";
export { type Explanation, explainLine } from "./explain.ts";
export { renderLine } from "./layout/line.ts";
