/** The Homebrew formula of a release. */
import manifest from "../../../package.json";
import type { Target } from "./targets.ts";

/** The systems that Homebrew supports; none uses musl. */
const SYSTEMS = [
  { on: "macos", on_arm: "darwin-arm64", on_intel: "darwin-x64" },
  { on: "linux", on_arm: "linux-arm64", on_intel: "linux-x64" },
] as const satisfies readonly { on: string; on_arm: Target["name"]; on_intel: Target["name"] }[];

/** The targets that a formula requires. */
export const FORMULA_TARGETS: readonly Target["name"][] = SYSTEMS.flatMap(({ on_arm, on_intel }) => [
  on_arm,
  on_intel,
]);

/**
 * @param releases the URL of the releases, in GitHub's layout
 * @param sha256 of the archives, by target
 */
export function formula(releases: string, sha256: ReadonlyMap<string, string>): string {
  const source = (on: "on_arm" | "on_intel", target: string) => `    ${on} do
      url "${releases}/download/v${manifest.version}/plimsoll-${target}.tar.gz"
      sha256 "${sha256.get(target)}"
    end
`;
  const systems = SYSTEMS.map(
    ({ on, on_arm, on_intel }) => `  on_${on} do
${source("on_arm", on_arm)}${source("on_intel", on_intel)}  end
`,
  );
  return `# Made by the build of the release.
class Plimsoll < Formula
  desc "Status line for Claude Code: context, limits, money, the working tree"
  homepage "${releases.replace(/\/releases$/, "")}"
  version "${manifest.version}"
  license "${manifest.license}"

${systems.join("\n")}
  def install
    bin.install "bin/plimsoll"
    man1.install "share/man/man1/plimsoll.1"
    bash_completion.install "share/bash-completion/completions/plimsoll"
    zsh_completion.install "share/zsh/site-functions/_plimsoll"
    fish_completion.install "share/fish/vendor_completions.d/plimsoll.fish"
    doc.install Dir["share/doc/plimsoll/*"]
  end

  def caveats
    <<~TEXT
      To have Claude Code show the line:
        plimsoll setup
    TEXT
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/plimsoll --version")
    system "#{bin}/plimsoll", "selftest"
  end
end
`;
}
