// Goal: the pages work from any host, on another origin than the API's. Method: a real browser, and a server that knows
// nothing but files.
import assert from "node:assert/strict";
import { browser_path, openPage } from "../support/browser.ts";
import { tryOut } from "../support/docs_page.ts";
import { publishable_key, stack } from "../support/stack.ts";
import { serveFolder, writeSite } from "../support/site.ts";

Deno.test({
  name: "the docs page of another host signs somebody up and calls as them, and has no secret key to offer",
  ignore: browser_path === undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "tally-site-" });
    try {
      const written = await writeSite(folder, "--url", stack.url, "--publishable-key", publishable_key);
      assert.equal(written.code, 0, written.output);
      await using server = serveFolder(folder);
      const host = `127.0.0.1:${server.addr.port}`;
      await using opened = await openPage(`http://${host}/docs/`);
      const { page, errors, hosts } = opened;
      const email = `${crypto.randomUUID()}@example.com`;
      assert.equal(await tryOut(page, "POST", "/auth/signup", { email, password: "correct horse battery" }), 201);
      assert.equal(await tryOut(page, "GET", "/auth/user"), 200);
      assert.equal(await tryOut(page, "POST", "/tokens/add", { amount: 5 }), 200);
      assert.equal(await page.getByLabel("a server").isVisible(), false);
      assert.deepEqual([...hosts].sort(), [host, new URL(stack.url).host].sort());
      assert.deepEqual(errors, []);

      // The policy that the page carries: a script of the page that turns bad cannot send anything elsewhere.
      const elsewhere = `http://127.0.0.1:9/`;
      assert.equal(
        await page.evaluate(`fetch("${elsewhere}").then(() => "sent", ({ message }) => message)`),
        "Failed to fetch",
      );
      assert.match(
        errors.join("\n"),
        /violates the (document's )?Content Security Policy|Content Security Policy directive/,
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
