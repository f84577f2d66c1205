// Goal: everybody can use the pages that explain and test the API. Method: axe-core's whole list, in both colour schemes
// and where a page has drawn all that it can draw.
import assert from "node:assert/strict";
import { axeViolations, browser_path, openPage } from "../support/browser.ts";
import { tryOut } from "../support/docs_page.ts";
import { newUser, stack } from "../support/stack.ts";

const schemes = ["light", "dark"] as const;
const ignore = browser_path === undefined;

for (const scheme of schemes) {
  Deno.test({
    name: `axe finds nothing on the start page, ${scheme}`,
    ignore,
    async fn() {
      await using opened = await openPage(`${stack.url}/`, { scheme });
      assert.deepEqual(await axeViolations(opened.page), []);
    },
  });

  Deno.test({
    name: `axe finds nothing on the docs page, with answers and with the credentials open, ${scheme}`,
    ignore,
    async fn() {
      await using opened = await openPage(`${stack.url}/docs/`, { scheme, width: 390 });
      const { page } = opened;
      await tryOut(page, "POST", "/tokens/deduct");
      await tryOut(page, "GET", "/tokens/transactions");
      assert.deepEqual(await axeViolations(page), []);
      await page.locator(".auth-wrapper .authorize").first().click();
      await page.getByRole("dialog", { name: "Credentials" }).waitFor();
      assert.deepEqual(await axeViolations(page), []);
    },
  });

  Deno.test({
    name: `axe finds nothing on the sandbox's checkout page, before and after a payment, ${scheme}`,
    ignore,
    async fn() {
      const user = await newUser();
      const { body } = await user.call("POST", "/payments/checkout", { body: { pack_id: "small" } });
      await using opened = await openPage(body.checkout_url, { scheme, width: 390 });
      const { page } = opened;
      assert.deepEqual(await axeViolations(page), []);
      await page.getByRole("button", { name: "Pay", exact: true }).click();
      await page.getByRole("status").getByText("word for word").click();
      assert.deepEqual(await axeViolations(page), []);
    },
  });
}
