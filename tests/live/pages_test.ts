// Goal: whoever opens a page learns nothing secret. Method: every file of the pages, as the local stack serves it and as
// the task writes it for other hosts.
import assert from "node:assert/strict";
import { join } from "node:path";
import { sandbox_api_key, webhook_secret } from "../../local/environment.ts";
import { siteFiles, sitePages } from "../../local/pages/site.ts";
import { writeSite } from "../support/site.ts";
import { publishable_key, secret_key, stack } from "../support/stack.ts";

const secrets = [webhook_secret, sandbox_api_key, stack.database_url];
/** Whatever has the form of a secret: keys, signing secrets, tokens, private keys. */
const forms = /sb_secret_\w{8,}|whsec_[\w+/]{16,}|sk_(test|live)_\w+|\beyJ[\w-]+\.eyJ|"d": ?"[\w-]{40,}"|PRIVATE KEY/;

Deno.test("nothing secret is in a page of the local stack but its secret key, for the docs page", async () => {
  const paths = [...siteFiles().keys(), ...sitePages().flatMap(({ name }) => [`${name}/`, `${name}/settings.json`])];
  const with_key = [];
  for (const path of paths) {
    const response = await fetch(`${stack.url}/${path}`);
    assert.equal(response.status, 200, path);
    const text = await response.text();
    for (const secret of secrets) assert.ok(!text.includes(secret), `${path} contains ${secret}`);
    if (text.includes(secret_key)) with_key.push(path);
    assert.doesNotMatch(text.replaceAll(secret_key, ""), forms, path);
  }
  assert.deepEqual(with_key, ["docs/settings.json"]);
});

Deno.test("nothing secret is in the pages that are written for other hosts", async () => {
  const folder = await Deno.makeTempDir({ prefix: "tally-site-" });
  try {
    const { code, output } = await writeSite(folder, "--url", stack.url, "--publishable-key", publishable_key);
    assert.equal(code, 0, output);
    for (const path of ["index.html", "start.css", ...siteFiles().keys()]) {
      const text = await Deno.readTextFile(join(folder, path));
      for (const secret of [...secrets, secret_key]) assert.ok(!text.includes(secret), `${path} contains ${secret}`);
      assert.doesNotMatch(text, forms, path);
    }
    assert.match(await Deno.readTextFile(join(folder, "index.html")), /<a href="docs\/">/);
    for (const { name } of sitePages()) {
      const settings = JSON.parse(await Deno.readTextFile(join(folder, name, "settings.json")));
      assert.deepEqual(settings, { url: stack.url, publishable_key });
      const html = await Deno.readTextFile(join(folder, name, "index.html"));
      const policy =
        `<meta http-equiv="Content-Security-Policy" content="default-src 'self'; connect-src 'self' ${stack.url};`;
      assert.ok(html.includes(policy), `${name}: ${html}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("pages are not written with a secret key, without a key or for what is no address", async () => {
  const token = (role: string) => `e30.${btoa(JSON.stringify({ role })).replaceAll("=", "")}.x`;
  for (
    const args of [
      [],
      ["--url", stack.url],
      ["--url", stack.url, "--publishable-key", secret_key],
      ["--url", stack.url, "--publishable-key", token("service_role")],
      ["--url", stack.url, "--publishable-key", "x"],
      ["--url", "example.com", "--publishable-key", publishable_key],
      ["--url", "ftp://example.com", "--publishable-key", token("anon")],
    ]
  ) {
    const folder = join(await Deno.makeTempDir({ prefix: "tally-site-" }), "none");
    const { code, output } = await writeSite(folder, ...args);
    assert.deepEqual([code, output.includes("Usage: ")], [2, true], output);
    await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
  }
});
