/** The installer makes do with the tools that there are, and says which are missing. */
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { type InstallSandbox, install, installSandbox, only, TOOLS, tree } from "./installer.ts";
import { publish, release } from "./release.ts";
import { serve } from "./server.ts";

const here = (...tools: string[]) => tools.every((tool) => Bun.which(tool) !== null);

for (const downloads of ["curl", "wget"])
  for (const verifies of ["sha256sum", "shasum", "openssl"]) {
    const tools = verifies === "shasum" ? [verifies, "perl"] : [verifies];
    test.skipIf(!here(downloads, ...tools))(`${downloads} and ${verifies} are sufficient`, async () => {
      using box = installSandbox();
      using server = serve(release("1.2.3"));
      const PATH = only(box, [...TOOLS, downloads, ...tools]);
      expect(await install(box, { from: server.address, env: { PATH } })).toMatchObject({
        code: 0,
        stderr: "",
      });
      expect(existsSync(box.program)).toBe(true);
      const wrong = { ...release("1.2.4"), SHA256SUMS: release("1.2.5").SHA256SUMS as string };
      using other = serve(wrong);
      const before = tree(box.root);
      expect(await install(box, { from: other.address, env: { PATH } })).toMatchObject({ code: 1 });
      expect(tree(box.root)).toEqual(before);
    });
  }

/** A PATH on which every tool is BusyBox. */
function nothingButBusybox(box: InstallSandbox): string {
  const directory = box.path("busybox");
  const busybox = Bun.which("busybox") as string;
  mkdirSync(directory);
  for (const tool of Bun.spawnSync([busybox, "--list"]).stdout.toString().trim().split("\n"))
    symlinkSync(busybox, `${directory}/${tool}`);
  return directory;
}

describe.skipIf(!here("busybox"))("with nothing but BusyBox", () => {
  test("a release is installed, and removed again", async () => {
    using box = installSandbox();
    using server = serve(release("1.2.3"));
    const how = { shell: [`${nothingButBusybox(box)}/sh`], env: { PATH: box.path("busybox") } };
    const before = tree(box.root);
    expect(await install(box, { ...how, from: server.address })).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(box.program)).toBe(true);
    expect(await install(box, { ...how, args: ["--uninstall", "--keep-settings"] })).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(tree(box.root)).toEqual(before);
    const { code, stderr } = await install(box, { ...how, from: `${server.address}/nowhere` });
    expect({ code, said: stderr.includes("404 Not Found\ninstall.sh: cannot download") }).toEqual({
      code: 1,
      said: true,
    });
    expect(tree(box.root)).toEqual(before);
  });
});

/** A self-signed certificate. */
function selfSigned(box: InstallSandbox): { key: string; cert: string } {
  const [key, cert] = [box.path("key.pem"), box.path("cert.pem")];
  const made = Bun.spawnSync([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-keyout", key, "-out", cert, "-subj", "/CN=localhost", "-days", "2"],
  ]);
  if (made.exitCode !== 0) throw new Error(made.stderr.toString());
  return { key, cert };
}

describe.skipIf(!here("openssl"))("a server with an untrusted certificate is refused by", () => {
  for (const downloads of ["curl", "wget", "busybox"])
    test.skipIf(!here(downloads))(downloads, async () => {
      using box = installSandbox();
      const files = release("1.2.3");
      const { key, cert } = selfSigned(box);
      using server = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        tls: { key: Bun.file(key), cert: Bun.file(cert) },
        fetch: (request) => new Response(files[new URL(request.url).pathname.slice(1)] ?? ""),
      });
      const PATH =
        downloads === "busybox" ? nothingButBusybox(box) : only(box, [...TOOLS, downloads, "sha256sum"]);
      const before = tree(box.root);
      const { code, stderr } = await install(box, {
        from: `https://localhost:${server.port}`,
        env: { PATH },
      });
      expect(code).toBe(1);
      expect(stderr).toMatch(/certificate/);
      expect(tree(box.root)).toEqual(before);
    });
});

describe.skipIf(!here("openssl"))("a redirect from https to http is refused by", () => {
  for (const downloads of ["curl", "wget"])
    test.skipIf(!here(downloads))(downloads, async () => {
      using box = installSandbox();
      const { key, cert } = selfSigned(box);
      using open = serve(release("1.2.3"));
      using server = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        tls: { key: Bun.file(key), cert: Bun.file(cert) },
        fetch: (request) => Response.redirect(open.address + new URL(request.url).pathname),
      });
      const PATH = only(box, [...TOOLS, downloads, "sha256sum"]);
      // Both are made to trust the certificate.
      const WGETRC = box.path("wgetrc");
      writeFileSync(WGETRC, `ca_certificate = ${cert}\n`);
      const before = tree(box.root);
      const { code, stderr } = await install(box, {
        from: `https://localhost:${server.port}`,
        env: { PATH, WGETRC, CURL_CA_BUNDLE: cert },
      });
      expect(code).toBe(1);
      expect(stderr).toMatch(/redirected from https: to http:|"http" (not supported|disabled)/);
      expect(tree(box.root)).toEqual(before);
    });
});

test.skipIf(!here("curl", "sha256sum"))("a missing tool is named before any download", async () => {
  using box = installSandbox();
  using server = serve(release("1.2.3"));
  for (const [tools, message] of [
    [[...TOOLS, "sha256sum"], "neither curl nor wget is on PATH"],
    [[...TOOLS, "curl"], "install sha256sum, shasum or openssl"],
    [[...TOOLS.filter((name) => name !== "tar"), "curl", "sha256sum"], "tar is not on PATH"],
  ] as const) {
    const PATH = only(box, tools);
    const { code, stderr } = await install(box, { from: server.address, env: { PATH } });
    expect({ code, stderr: stderr.includes(message) }).toEqual({ code: 1, stderr: true });
  }
  expect(server.asked).toEqual([]);
  expect(existsSync(box.prefix)).toBe(false);
});

test("a release in a directory needs no download tools", async () => {
  using box = installSandbox();
  const from = publish(release("1.2.3"), box.path("release"));
  const PATH = only(box, [...TOOLS, "sha256sum"]);
  expect(await install(box, { from, env: { PATH } })).toMatchObject({ code: 0, stderr: "" });
  expect(await install(box, { from: from.replace("file://", "file:"), env: { PATH } })).toMatchObject({
    code: 0,
  });
});
