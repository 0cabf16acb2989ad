/** One of Claude Code's settings files, read as the client reads it (2.1.330, measured). */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { JsonTextError, parseText, positionAt } from "../json-text/tree.ts";
import { at, count, field, isObject, type Json, text } from "./json.ts";

/** A settings file that is larger is not read. Bytes. */
export const SETTINGS_LIMIT = 32 * 1024 * 1024;

/** What of a settings file decides about the line. */
export interface SettingsFacts {
  /** Why the client does not take the file, in a few words. It then takes nothing of it. */
  readonly problem?: string;
  /** `statusLine.command`. */
  readonly command?: string;
  /** `statusLine` is there at all. */
  readonly hasStatusLine: boolean;
  /** `disableAllHooks`, where the file has it. */
  readonly disablesHooks?: boolean;
  /** `allowManagedHooksOnly`: of a managed file, it leaves managed lines only. */
  readonly managedOnly: boolean;
  /** Absent when the file says nothing of it. */
  readonly autoCompact?: AutoCompactSettings;
}

/** What of a settings file decides when the client compacts by itself. */
export interface AutoCompactSettings {
  /** `autoCompactEnabled`. */
  readonly enabled?: boolean;
  /** `autoCompactWindow`. Tokens. */
  readonly window?: number | "auto";
  /** `modelSettings.<model>.autoCompactWindow`. Tokens. */
  readonly byModel?: Readonly<Record<string, number | "auto">>;
}

/** @returns undefined when there is no such file */
export function readSettingsFile(path: string): SettingsFacts | undefined {
  const none = { hasStatusLine: false, managedOnly: false };
  let content: string | undefined;
  try {
    content = readText(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    return { ...none, problem: code ?? message };
  }
  const json = parse(content);
  if ("problem" in json) return { ...none, ...json };
  const problem = shapeProblem(json.value);
  const command = text(at(json.value, "statusLine", "command"));
  const disables = field(json.value, "disableAllHooks");
  return {
    ...(problem === undefined ? {} : { problem }),
    ...(command === undefined ? {} : { command }),
    hasStatusLine: field(json.value, "statusLine") !== undefined,
    ...(typeof disables === "boolean" ? { disablesHooks: disables } : {}),
    managedOnly: field(json.value, "allowManagedHooksOnly") === true,
    ...autoCompactOf(json.value),
  };
}

function autoCompactOf(json: Json): { autoCompact?: AutoCompactSettings } {
  const enabled = field(json, "autoCompactEnabled");
  const window = sizeOf(field(json, "autoCompactWindow"));
  const models = field(json, "modelSettings");
  const byModel: Record<string, number | "auto"> = {};
  for (const [model, settings] of isObject(models) ? Object.entries(models) : []) {
    const size = sizeOf(field(settings, "autoCompactWindow"));
    if (size !== undefined) byModel[model] = size;
  }
  const autoCompact = {
    ...(typeof enabled === "boolean" ? { enabled } : {}),
    ...(window === undefined ? {} : { window }),
    ...(Object.keys(byModel).length === 0 ? {} : { byModel }),
  };
  return Object.keys(autoCompact).length === 0 ? {} : { autoCompact };
}

const sizeOf = (value: Json): number | "auto" | undefined =>
  value === "auto" ? value : count(value) || undefined;

/** Without waiting for the other end of a FIFO. Bytes that are not UTF-8 become U+FFFD, as in the client. */
function readText(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = fstatSync(fd);
    if (!facts.isFile()) throw new Error("it is no regular file");
    if (facts.size > SETTINGS_LIMIT) throw new Error(`it has more than ${SETTINGS_LIMIT} bytes`);
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

/** An empty file is an empty object; a byte order mark is passed over. */
function parse(content: string): { value: Json } | { problem: string } {
  const json = content.replace(/^\ufeff/, "");
  if (json.trim() === "") return { value: {} };
  try {
    return { value: JSON.parse(json) };
  } catch (error) {
    return { problem: describeFault(content) ?? (error as Error).message };
  }
}

/** @returns where and why a text is no strict JSON: "line 3, column 5: comments are not allowed" */
function describeFault(content: string): string | undefined {
  try {
    parseText(content);
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    const { line, column } = positionAt(content, error.at);
    return `line ${line}, column ${column}: ${error.message}`;
  }
}

/** The client checks the shape of what it knows, and passes the whole file over for one wrong value. */
function shapeProblem(json: Json): string | undefined {
  if (!isObject(json)) return "it holds no object";
  const line = field(json, "statusLine");
  const disables = field(json, "disableAllHooks");
  if (disables !== undefined && typeof disables !== "boolean")
    return "'disableAllHooks' is not true or false";
  if (line === undefined) return undefined;
  if (!isObject(line)) return "'statusLine' is no object";
  if (line.type !== "command") return `'statusLine.type' is not "command"`;
  if (typeof line.command !== "string") return "'statusLine.command' is no text";
  const { padding } = line;
  return padding === undefined || typeof padding === "number"
    ? undefined
    : "'statusLine.padding' is no number";
}
