/** A release as from the build, except that executables are scripts that run the binary under test. */
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ReleaseOptions, release } from "../../../src/build/release/release.ts";
import { shareFiles } from "../../../src/build/release/share.ts";
import { TARGETS } from "../../../src/build/release/targets.ts";
import { BINARY } from "../../helpers/binary.ts";

/** The URL of its releases. */
export const ADDRESS = "https://example.org/owner/plimsoll/releases";
/** The modification time of its files: seconds since 1970. */
export const TIME = Date.UTC(2026, 10, 21, 12) / 1000;

/** Make a release in a folder. */
export async function make(
  outdir: string,
  over: Partial<ReleaseOptions> = {},
  targets = [...TARGETS],
): Promise<void> {
  const options: ReleaseOptions = {
    outdir,
    releases: ADDRESS,
    installer: "#!/bin/sh\nRELEASES_URL=\necho $RELEASES_URL\n",
    share: await shareFiles(TIME),
    time: TIME,
    compile: async (target, outfile) => {
      await Bun.write(outfile, `#!/bin/sh\n# ${target.name}\nexec ${BINARY} "$@"\n`);
      chmodSync(outfile, 0o755);
    },
    ...over,
  };
  await release(targets, options, () => {});
}

/** SHA256SUMS, by file. */
export const sums = (folder: string) =>
  new Map(
    readFileSync(join(folder, "SHA256SUMS"), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("  ").reverse() as [string, string]),
  );
