// Goal: the pages work from any host, on another origin than the API's. Method: a real browser, and a server that knows
// nothing but files.
import assert from "node:assert/strict";
import { browser_path, openPage } from "../support/browser.ts";
import { tryOut } from "../support/docs_page.ts";
import { newUser, publishable_key, stack } from "../support/stack.ts";
import { seeBalance, signIn, spend } from "../support/wallet_page.ts";
import { serveFolder, writeSite } from "../support/site.ts";

const ignore = browser_path === undefined;

/** Has the pages written and served, on a port of their own, while `use` looks at them. */
async function onAnotherHost(use: (host: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "tally-site-" });
  try {
    const written = await writeSite(folder, "--url", stack.url, "--publishable-key", publishable_key);
    assert.equal(written.code, 0, written.output);
    await using server = serveFolder(folder);
    await use(`127.0.0.1:${server.addr.port}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "the docs page of another host signs somebody up and calls as them, and has no secret key to offer",
  ignore,
  fn: () =>
    onAnotherHost(async (host) => {
      await using opened = await openPage(`http://${host}/`);
      const { page, errors, hosts } = opened;
      await page.getByRole("link", { name: "The API", exact: true }).click();
      const email = `${crypto.randomUUID()}@example.com`;
      assert.equal(await tryOut(page, "POST", "/auth/signup", { email, password: "correct horse battery" }), 201);
      assert.equal(await tryOut(page, "GET", "/auth/user"), 200);
      assert.equal(await tryOut(page, "POST", "/tokens/add", { amount: 5 }), 200);
      assert.equal(await page.getByLabel("a server").isVisible(), false);
      assert.deepEqual([...hosts].sort(), [host, new URL(stack.url).host].sort());
      assert.deepEqual(errors, []);

      // The policy that the page carries: a script of the page that turns bad cannot send anything elsewhere.
      const sent = await page.evaluate(`fetch("http://127.0.0.1:9/").then(() => "sent", ({ message }) => message)`);
      assert.equal(sent, "Failed to fetch");
      assert.match(errors.join("\n"), /Content Security Policy/);
    }),
});

Deno.test({
  name: "the wallet of another host signs somebody in, spends, and survives a reload",
  ignore,
  fn: () =>
    onAnotherHost(async (host) => {
      const user = await newUser({ token: 10 });
      await using opened = await openPage(`http://${host}/wallet/`);
      const { page, errors, hosts } = opened;
      await signIn(page, user);
      await seeBalance(page, 10);
      await spend(page, 4);
      await seeBalance(page, 6);
      await page.reload();
      await seeBalance(page, 6);
      assert.deepEqual([...hosts].sort(), [host, new URL(stack.url).host].sort());
      assert.deepEqual(errors, []);
    }),
});
