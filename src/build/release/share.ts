/** The files installed with the executable: manual page and completions, generated from the program, and documents. */
import { join } from "node:path";
import manifest from "../../../package.json";
import { jsonSchema } from "../../config-file/schema.ts";
import { bashCompletion } from "../manual/bash.ts";
import { fishCompletion } from "../manual/fish.ts";
import { manualPage } from "../manual/man.ts";
import { commandTree } from "../manual/tree.ts";
import { zshCompletion } from "../manual/zsh.ts";
import type { ArchiveFile } from "./archive.ts";
import { ROOT } from "./compile.ts";

const DOCUMENTS = ["LICENSE", "CHANGELOG.md"];
/** The pages of `docs/` for users, installed as one file: each file makes `install.sh` slower. */
const PAGES = [
  "guide",
  "configuration",
  "segments",
  "usage",
  "locks",
  "troubleshooting",
  "internals",
  "comparison",
  "glossary",
];

const readText = (name: string): Promise<string> => Bun.file(join(ROOT, name)).text();

/** @returns the README, with links to the manual instead of the pages */
const readme = async (): Promise<string> =>
  (await readText("README.md")).replaceAll(/\]\(docs\/\w+\.md/g, "](manual.md");

/** @returns all pages, with links within them instead of between them */
async function manual(): Promise<string> {
  const pages = await Promise.all(PAGES.map((name) => readText(`docs/${name}.md`)));
  const titles = pages.map((page) => page.slice(2, page.indexOf("\n")).toLowerCase().replaceAll(" ", "-"));
  return pages
    .join("\n")
    .replaceAll(
      /\]\((\w+)\.md(#[\w-]+)?\)/g,
      (_, name, anchor) => `](${anchor ?? `#${titles[PAGES.indexOf(name)]}`})`,
    )
    .replaceAll("](../README.md", "](README.md");
}

/** @returns the configuration's JSON Schema */
export const configSchema = (): string => `${JSON.stringify(jsonSchema(), null, 2)}\n`;

/** What documents have in place of the address of the releases: a link on the repository's page, or a command. */
const PLACEHOLDERS = { link: "](../../releases", command: /^releases=\$\(.*$/m };

/** @param releases "https://github.com/owner/name/releases" @returns the text with the address in it */
const withReleases = (text: string, releases: string): string =>
  text
    .replaceAll(PLACEHOLDERS.link, () => `](${releases}`)
    .replace(PLACEHOLDERS.command, () => `releases=${releases}`)
    .replaceAll("OWNER/REPOSITORY", () => releases.replace(/^\w+:\/+[^/]*\//, "").replace(/\/releases$/, ""));

/**
 * @param time the manual's date, in seconds since 1970
 * @param releases the URL of the releases, for the documents; without it they have none
 * @returns files with paths relative to the prefix, where package managers expect them
 */
export async function shareFiles(time: number, releases?: string): Promise<ArchiveFile[]> {
  const addressed = (text: string) => (releases === undefined ? text : withReleases(text, releases));
  const program = await commandTree();
  const day = new Date(time * 1000).toISOString().slice(0, 10);
  const texts: readonly (readonly [path: string, text: string])[] = [
    ["share/man/man1/plimsoll.1", manualPage(program, manifest.version, day)],
    ["share/bash-completion/completions/plimsoll", bashCompletion(program)],
    ["share/zsh/site-functions/_plimsoll", zshCompletion(program)],
    ["share/fish/vendor_completions.d/plimsoll.fish", fishCompletion(program)],
    ["share/doc/plimsoll/config.schema.json", configSchema()],
    ["share/doc/plimsoll/README.md", addressed(await readme())],
    ["share/doc/plimsoll/manual.md", addressed(await manual())],
  ];
  const documents = DOCUMENTS.map(async (name) => ({
    path: `share/doc/plimsoll/${name}`,
    content: await Bun.file(join(ROOT, name)).bytes(),
  }));
  return [
    ...texts.map(([path, text]) => ({ path, content: new TextEncoder().encode(text) })),
    ...(await Promise.all(documents)),
  ];
}
