/**
 * Writes which signs of the line some fonts have to `test/fixtures/fonts.txt`, from their character tables.
 *
 *     bun run fonts FONT-FILE…
 *
 * It needs fc-query of fontconfig. The header of the file names the fonts.
 */
import { writeFileSync } from "node:fs";
import { allSigns, FONTS_PATH, NAME_END } from "../line/look/signs.ts";

function ask(file: string, format: string): string {
  const { stdout, stderr, exitCode } = Bun.spawnSync(["fc-query", "--index", "0", "--format", format, file]);
  if (exitCode !== 0) throw new Error(`fc-query ${file}: ${stderr}`);
  return stdout.toString();
}

/** The ranges of a font's characters: "20-7e a0 2190-2199". */
function hasSign(ranges: readonly string[], sign: string): boolean {
  const code = sign.codePointAt(0) ?? 0;
  return ranges.some((range) => {
    const [from = "", to = from] = range.split("-");
    return code >= Number.parseInt(from, 16) && code <= Number.parseInt(to, 16);
  });
}

const files = process.argv.slice(2);
if (files.length === 0) throw new Error("usage: bun run fonts FONT-FILE…");
const asked = allSigns();
const rows = files.map((file) => {
  // A fixed-point number with 16 bits after the point.
  const version = (Number(ask(file, "%{fontversion}")) / 65_536).toFixed(3);
  const ranges = ask(file, "%{charset}").split(" ");
  const signs = asked.filter((sign) => hasSign(ranges, sign)).join("");
  return `${ask(file, "%{family[0]}")} ${version}${NAME_END}${signs}`;
});
writeFileSync(
  FONTS_PATH,
  `# Which signs of the line (icons, bars of every shape, marks) each font has, from the fonts' character tables.
#
# From the Debian 12 packages fonts-jetbrains-mono 2.242, fonts-firacode 6.2, fonts-hack 3.003 and fonts-dejavu-core
# 2.37. To write it again, for instance after a sign was added, install them and fontconfig, then run, in one line:
#
#   bun run fonts /usr/share/fonts/truetype/{jetbrains-mono/JetBrainsMono-Regular,firacode/FiraCode-Regular,
#     hack/Hack-Regular,dejavu/DejaVuSansMono}.ttf
#
asked${NAME_END}${asked.join("")}
${rows.join("\n")}
`,
);
