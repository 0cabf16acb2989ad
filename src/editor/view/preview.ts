/** The preview: the line that the present text gives, or that it would give with what the cursor is on. */
import type { Config } from "../../config/config.ts";
import type { Context, Terminal } from "../../line/context.ts";
import { type Drawing, drawLine } from "../../line/layout/line.ts";
import { onGround } from "../../line/look/ground.ts";
import { type SampleName, sampleAbout, sampleContext } from "../../line/samples.ts";
import { type ConfigDocument, readDocument } from "../document.ts";
import { takeChoice } from "../modes/choose.ts";
import { pickChosen } from "../modes/picker.ts";
import { close, type EditorState, LAST_SESSION, modeOf } from "../state.ts";

/** What is known of the terminal and the user's sessions. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** The terminal that the line is drawn for. */
  terminalOf(config: Config): Terminal;
  /** The file, for the title. */
  readonly path: string;
  /** The user's last session. */
  lastSession?: ((terminal: Terminal, config: Config) => Context) | undefined;
}

/** @returns what the preview draws: the document, with the segment or value that would be chosen */
export function previewDocument(state: EditorState): ConfigDocument {
  const mode = modeOf(state);
  if (mode?.name === "picker") return pickChosen(state).document;
  if (mode?.name === "choose") return takeChoice(state).document;
  if (mode?.name === "help") return previewDocument(close(state));
  if (mode?.name !== "confirm" || mode.preview === undefined) return state.document;
  const shown = readDocument(mode.preview);
  return "errors" in shown ? state.document : shown;
}

/** @returns the rows of the preview, on the theme's own background, and which segments they show */
export const drawPreview = (state: EditorState, screen: Screen): Drawing =>
  drawConfig(state, previewDocument(state).config, screen);

/** @returns the rows as they are without the segment or value that would be chosen */
export const drawPresent = (state: EditorState, screen: Screen): Drawing =>
  drawConfig(state, state.document.config, screen);

function drawConfig(state: EditorState, config: Config, screen: Screen): Drawing {
  const context = contextOf(state, screen, config);
  const { rows, outcomes } = drawLine(context, () => 0);
  return { rows: rows.map((row) => onGround(row, config.theme, context.terminal)), outcomes };
}

function contextOf({ sample }: EditorState, screen: Screen, config: Config): Context {
  const terminal = screen.terminalOf(config);
  if (sample === LAST_SESSION && screen.lastSession) return screen.lastSession(terminal, config);
  return sampleContext(sample as SampleName, terminal, config);
}

/** @returns the sample's name, what it is, and whether the preview is ahead of the text */
export function previewTitle(state: EditorState): string {
  const { sample, document } = state;
  const name = previewDocument(state).text === document.text ? sample : `${sample}, if chosen`;
  return sample === LAST_SESSION ? name : `${name}: ${sampleAbout(sample as SampleName)}`;
}
