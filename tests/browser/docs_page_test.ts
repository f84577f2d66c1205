// Goal: the API can be read and tried on its page. Method: a real browser, as somebody who has just started the stack.
import assert from "node:assert/strict";
import { sitePages } from "../../local/pages/site.ts";
import { browser_path, openPage } from "../support/browser.ts";
import { tryOut } from "../support/docs_page.ts";
import { stack } from "../support/stack.ts";

// A browser is not a part of the project: without one these tests are skipped, and counted as skipped.
const ignore = browser_path === undefined;

Deno.test({
  name: "the docs page signs somebody up and spends as them, without copying, and asks nobody else",
  ignore,
  async fn() {
    await using opened = await openPage(`${stack.url}/docs/`);
    const { page, errors, hosts } = opened;
    const email = `${crypto.randomUUID()}@example.com`;
    const signed_up = await tryOut(page, "POST", "/auth/signup", { email, password: "correct horse battery" });
    assert.equal(signed_up, 201);
    assert.match(await page.locator("#caller").innerText(), new RegExp(email));
    assert.equal(await tryOut(page, "POST", "/tokens/add", { amount: 20 }), 200);
    assert.equal(await tryOut(page, "POST", "/tokens/deduct", { amount: 5 }), 200);

    // It survives a reload, and a server acts for somebody it names.
    await page.reload();
    assert.equal(await tryOut(page, "GET", "/auth/user"), 200);
    await page.getByLabel("a server").check();
    assert.equal(await tryOut(page, "POST", "/tokens/notices/deliver"), 200);

    assert.deepEqual([...hosts], [new URL(stack.url).host]);
    assert.deepEqual(errors, []);
  },
});

Deno.test({
  name: "the start page leads to every page, and the docs page back",
  ignore,
  async fn() {
    await using opened = await openPage(`${stack.url}/`, { scheme: "dark" });
    const { page, errors } = opened;
    for (const { title } of [...sitePages(), { title: "Mails" }]) {
      await page.getByRole("listitem").getByRole("link", { name: title, exact: true }).click();
      await page.waitForURL(/\/\w+\//);
      await page.goto(`${stack.url}/`);
    }
    await page.getByRole("link", { name: "The API", exact: true }).click();
    await page.getByText("Create an account with an empty wallet").waitFor();
    await page.getByRole("link", { name: "Tally", exact: true }).click();
    await page.getByRole("heading", { name: "Tally runs here" }).waitFor();
    assert.deepEqual(errors, []);
  },
});
