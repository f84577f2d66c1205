// Goal: everybody can use the wallet's page. Method: axe-core's whole list on each of its pages as full as they get, in
// both colour schemes and on a narrow screen; and the whole way with the keyboard alone.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { axeViolations, browser_path } from "../support/browser.ts";
import { asServer, newUser, type TestUser } from "../support/stack.ts";
import { goTo, mistakes, openWallet, part, seeBalance, signIn, spend } from "../support/wallet_page.ts";

const ignore = browser_path === undefined;
const long_word = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde";

/** Fills an account with something of each kind. */
async function fill({ id, call }: TestUser) {
  await asServer("POST", "/tokens/add", {
    body: { user_id: id, amount: 1_000_000, metadata: { [long_word]: long_word } },
  });
  await call("POST", "/tokens/deduct", { body: { amount: 5, reference: long_word } });
  await call("POST", "/tokens/holds", { body: { amount: 20, reference: long_word } });
  await asServer("POST", "/tokens/holds", { body: { user_id: id, amount: 7 } });
  await call("POST", "/payments/checkout", { body: { pack_id: "large" } });
  const basics = { name: long_word, summary: "Analyst", location: { city: "London" }, profiles: [{ network: "Web" }] };
  const work = [{ name: long_word, position: "Analyst", highlights: [long_word], own: 1 }, { name: "Babbage" }];
  await call("POST", "/profile", { body: { profile_data: { basics, work, skills: "many", languages: [] } } });
}

/** Asserts that nobody is kept out of the page as it stands, and that it does not scroll sideways. */
async function check(page: Page, what: string) {
  assert.deepEqual(await axeViolations(page), [], what);
  const too_wide_px = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  assert.equal(too_wide_px, 0, what);
}

for (const scheme of ["light", "dark"] as const) {
  Deno.test({
    name: `axe finds nothing on the wallet's pages, and they fit into 360 pixels, ${scheme}`,
    ignore,
    async fn() {
      const user = await newUser();
      await fill(user);
      await using opened = await openWallet(undefined, { width: 360, scheme });
      const { page } = opened;
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      await check(page, "sign in");
      await signIn(page, user);

      await page.getByRole("img", { name: /the balance went/ }).waitFor();
      await spend(page, 1_000_000_000);
      await part(page, "Spend").getByText("Your balance does not cover that.").waitFor();
      await page.getByLabel(/^Account of/).click();
      await check(page, "wallet");
      await page.keyboard.press("Escape");
      await goTo(page, "Buy");
      await page.getByText("Not paid yet").waitFor();
      await check(page, "buy");
      await goTo(page, "History");
      for (let entry = 0; entry < 4; entry++) await page.locator(".entries summary").nth(entry).click();
      await check(page, "history");

      await goTo(page, "CV");
      await page.getByText("This part is written in a way that the form does not know.").waitFor();
      await check(page, "CV form");
      await page.getByLabel("Name", { exact: true }).fill("Mine");
      await user.call("POST", "/profile", { body: { profile_data: { basics: { name: long_word + long_word } } } });
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("dialog", { name: "Your CV was changed elsewhere" }).waitFor();
      await check(page, "conflict");
      await page.getByRole("button", { name: "Decide later" }).click();
      await page.getByLabel("Document", { exact: true }).check();
      await page.getByLabel("The document").fill('{"name": Ada}');
      await page.getByText("text must stand in double quotes").waitFor();
      await check(page, "CV document");
      assert.deepEqual(mistakes(opened), []);
    },
  });
}

Deno.test({
  name: "the keyboard alone signs up, buys, spends, reserves, settles and writes a CV",
  ignore,
  async fn() {
    await using opened = await openWallet();
    const { page } = opened;
    const press = (key: string) => page.keyboard.press(key);
    const type = (text: string) => page.keyboard.type(text);
    /** Presses Tab until what has the keyboard has this name. */
    const tabTo = async (name: string, key = "Tab") => {
      const target = page.locator(":focus").and(
        page.getByLabel(name, { exact: true }).or(page.getByRole("button", { name, exact: true }))
          .or(page.getByRole("link", { name, exact: true })),
      );
      for (let presses = 0; presses < 60 && await target.count() === 0; presses++) await press(key);
      assert.equal(await target.count(), 1, `Tab leads to ${name}`);
    };

    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await tabTo("Create an account");
    await press("Enter");
    await tabTo("E-mail address", "Shift+Tab");
    await type(`${crypto.randomUUID()}@example.com`);
    await tabTo("Password");
    await type("correct horse battery");
    await press("Enter");
    await seeBalance(page, 0);

    await tabTo("Buy tokens");
    await press("Enter");
    await page.getByRole("button", { name: "Buy 100 tokens" }).waitFor();
    await tabTo("Buy 100 tokens for €5.00");
    await press("Enter");
    await page.getByRole("heading", { name: "€5.00" }).waitFor();
    await tabTo("Pay");
    await press("Enter");
    await page.getByText("Told, and the books follow it.").waitFor();
    await tabTo("← Back to where you came from");
    await press("Enter");
    await page.getByText("Your payment has arrived").waitFor();

    await tabTo("Wallet");
    await press("Enter");
    await seeBalance(page, 100);
    // The keyboard is at the heading of the page that was opened.
    assert.equal(await page.locator(":focus").innerText(), "Wallet");
    await tabTo("Tokens");
    await type("5");
    await press("Enter");
    await part(page, "Spend").getByText("Spent 5 tokens.").waitFor();
    await tabTo("Spend");
    await tabTo("Tokens");
    await type("20");
    await press("Enter");
    await part(page, "Open reservations").getByRole("button", { name: "Settle" }).waitFor();
    await tabTo("Settle");
    await press("Enter");
    await page.getByText("Settled for 20 tokens.").waitFor();
    assert.equal(await page.locator(":focus").innerText(), "Open reservations");

    await tabTo("CV", "Shift+Tab");
    await press("Enter");
    await page.getByLabel("Name", { exact: true }).waitFor();
    await tabTo("Name");
    await type("Ada");
    await press("Enter");
    await page.getByText(/^Saved on/).waitFor();
    assert.deepEqual(mistakes(opened), []);
  },
});
