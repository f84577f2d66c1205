// Goal: on a bad day the wallet's page says what happened and what to do, and nothing is paid twice. Method: a real
// browser, with a network and a service that fail in one way at a time.
import assert from "node:assert/strict";
import type { Page, Route } from "playwright-core";
import { browser_path } from "../support/browser.ts";
import { newUser, sql, type TestUser } from "../support/stack.ts";
import { countEntries } from "../support/wallets.ts";
import { goTo, mistakes, openWallet, part, seeBalance, spend } from "../support/wallet_page.ts";

const ignore = browser_path === undefined;
const deduct = "**/functions/v1/tokens/deduct";

/** Answers a call as the service does when its database is down. */
const answerUnavailable = (route: Route) =>
  route.fulfill({
    status: 503,
    headers: { "content-type": "application/problem+json", "retry-after": "60" },
    body: JSON.stringify({
      ...{ type: "urn:tally:problem:upstream_unavailable", code: "upstream_unavailable", status: 503 },
      ...{ title: "Unavailable", detail: "Unavailable", request_id: "0d3c7a52-2f0e-4f83-9f0c-6f5f3f6f1a90" },
    }),
  });

Deno.test({
  name: "a balance that is too short is named, and the way to the packs beside it",
  ignore,
  async fn() {
    await using opened = await openWallet(await newUser({ token: 3 }));
    const { page } = opened;
    await spend(page, 5);
    await part(page, "Spend").getByText("You have 3 to spend.").waitFor();
    await part(page, "Spend").getByRole("link", { name: "Buy tokens" }).click();
    await page.getByRole("heading", { level: 1, name: "Buy tokens" }).waitFor();
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "two tabs that spend at once both show what is left, and only one of them the last tokens",
  ignore,
  async fn() {
    await using opened = await openWallet(await newUser({ token: 100 }));
    const { page } = opened;
    const other = await page.context().newPage();
    await other.goto(page.url());
    await seeBalance(other, 100);
    await Promise.all([spend(page, 30), spend(other, 40)]);
    await Promise.all([seeBalance(page, 30), seeBalance(other, 30)]);

    await Promise.all([spend(page, 20), spend(other, 20)]);
    await Promise.all([seeBalance(page, 10), seeBalance(other, 10)]);
    const ends = [page, other].map((tab) => part(tab, "Spend").locator(".notice").innerText());
    assert.deepEqual((await Promise.all(ends)).map((text) => text.split(/[.,]/)[0]).sort(), [
      ...["Spent 20 tokens", "Your balance does not cover that"],
    ]);
  },
});

Deno.test({
  name: "whoever was signed out elsewhere is told so, and goes on where they were after signing in",
  ignore,
  async fn() {
    const user = await newUser();
    await using opened = await openWallet(user);
    const { page } = opened;
    await goTo(page, "CV");
    await page.getByLabel("Name", { exact: true }).fill("Ada");
    await user.call("POST", "/auth/signout?scope=global");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("You were signed out elsewhere. Sign in again: what you typed is kept.").waitFor();

    await page.getByLabel("E-mail address").fill(user.email);
    await page.getByLabel("Password").fill(user.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Not saved yet; kept in this tab.").waitFor();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Ada");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/^Saved on/).waitFor();
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "without a connection the page says so, and finishes a payment when it is back",
  ignore,
  async fn() {
    const user = await newUser({ token: 100 });
    await using opened = await openWallet(user);
    const { page } = opened;
    await seeBalance(page, 100);
    await page.context().setOffline(true);
    await spend(page, 5);
    await page.getByText("You are offline.").waitFor();
    await part(page, "Spend").getByText("The service cannot be reached.").waitFor();
    await page.context().setOffline(false);
    await page.getByText("You are offline.").waitFor({ state: "hidden" });
    await part(page, "Spend").getByRole("button", { name: "Finish it" }).click();
    await seeBalance(page, 95);
    assert.equal(await countEntries(sql, user.id, "deduct"), 1);
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "a payment whose answer was lost is finished after a reload, and counts once",
  ignore,
  async fn() {
    const user = await newUser({ token: 100 });
    await using opened = await openWallet(user);
    const { page } = opened;
    await page.route(deduct, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await spend(page, 5);
    await part(page, "Spend").getByText("It is not known whether spending 5 tokens was done.").waitFor();
    await page.unroute(deduct);
    await page.reload();
    await part(page, "Spend").getByRole("button", { name: "Finish it" }).click();
    await part(page, "Spend").getByText("Spent 5 tokens.").waitFor();
    await seeBalance(page, 95);
    assert.equal(await countEntries(sql, user.id, "deduct"), 1);
  },
});

Deno.test({
  name: "a service that is down is said to be, with the time that it asks for",
  ignore,
  async fn() {
    await using opened = await openWallet(await newUser({ token: 100 }));
    const { page } = opened;
    // Nothing is under way any more that would be answered well.
    await part(page, "Balance over time").getByRole("img").waitFor();
    await part(page, "Open reservations").getByText("Nothing is reserved").waitFor();
    await page.route("**/functions/v1/**", answerUnavailable);
    await spend(page, 5);
    const form = part(page, "Spend");
    await form.getByText("The service is down or too slow at the moment.").waitFor();
    await form.getByText("The service asks to wait 60 seconds.").waitFor();
    await form.getByText("Request 0d3c7a52").waitFor();
    await page.getByText("The service is busy").waitFor();
    await page.unroute("**/functions/v1/**");
    await form.getByRole("button", { name: "Finish it" }).click();
    await seeBalance(page, 95);
    await page.getByText("The service is busy").waitFor({ state: "hidden" });
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "an access token that is refused is refreshed once, and then the page says that the session is over",
  ignore,
  async fn() {
    await using opened = await openWallet(await newUser({ token: 100 }));
    const { page } = opened;
    await seeBalance(page, 100);
    let refreshes = 0;
    page.on("request", (request) => {
      if (request.url().includes("grant_type=refresh_token") && request.method() === "POST") refreshes++;
    });
    const spoil = async (route: Route) =>
      await route.continue({ headers: { ...await route.request().allHeaders(), authorization: "Bearer expired" } });

    await page.route(deduct, spoil, { times: 1 });
    await spend(page, 5);
    await seeBalance(page, 95);
    assert.equal(refreshes, 1);

    await page.route(deduct, spoil);
    await spend(page, 5);
    await page.getByText("Your session has ended and could not be renewed.").waitFor();
    assert.equal(refreshes, 2);
  },
});

Deno.test({
  name: "a second click has no second effect: one payment, and one purchase until that has ended",
  ignore,
  async fn() {
    const user = await newUser({ token: 100 });
    await using opened = await openWallet(user);
    const { page } = opened;
    const clickTwice = (name: string) =>
      page.getByRole("button", { name }).evaluate((button: { click(): void }) => {
        button.click();
        button.click();
      });
    await part(page, "Spend").getByLabel("Tokens").fill("5");
    await clickTwice("Spend");
    await seeBalance(page, 95);
    assert.equal(await countEntries(sql, user.id, "deduct"), 1);

    await goTo(page, "Buy");
    await page.getByRole("button", { name: "Buy 100 tokens" }).waitFor();
    await clickTwice("Buy 100 tokens");
    // Leaving without paying, and coming back later.
    for (let visits = 0; visits < 2; visits++) {
      await page.getByRole("link", { name: "Back to where you came from" }).click();
      await page.getByRole("button", { name: "Buy 100 tokens" }).click();
    }
    await page.getByRole("button", { name: "Pay", exact: true }).waitFor();
    assert.equal(await countPurchases(user), 1);
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await page.getByRole("link", { name: "Back to where you came from" }).click();
    await page.getByText("Your payment has arrived: 100 tokens.").waitFor();
    await page.getByRole("button", { name: "Buy 100 tokens" }).click();
    await page.getByRole("button", { name: "Pay", exact: true }).waitFor();
    assert.equal(await countPurchases(user), 2);
  },
});

Deno.test({
  name: "a reservation that ended elsewhere goes from the list with a word of why",
  ignore,
  async fn() {
    const user = await newUser({ token: 100 });
    const { body: hold } = await user.call("POST", "/tokens/holds", { body: { amount: 20, reference: "render" } });
    await using opened = await openWallet(user);
    const { page } = opened;
    const holds = part(page, "Open reservations");
    await holds.getByText("render").waitFor();
    await user.call("POST", `/tokens/holds/${hold.id}/release`);
    await holds.getByRole("button", { name: "Settle" }).click();
    await holds.getByText("This reservation has ended already").waitFor();
    await holds.getByText("Nothing is reserved").waitFor();
    await seeBalance(page, 100);
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "HTML in a reference, in metadata and in a CV is text",
  ignore,
  async fn() {
    const user = await newUser({ token: 100 });
    const html = `<img src=x onerror="globalThis.wasRun=true"><script>globalThis.wasRun=true</script>`;
    await user.call("POST", "/tokens/deduct", { body: { amount: 5, reference: html, metadata: { [html]: html } } });
    await user.call("POST", "/tokens/holds", { body: { amount: 5, reference: html } });
    await user.call("POST", "/profile", {
      body: { profile_data: { basics: { name: html, summary: html }, work: html } },
    });
    await using opened = await openWallet(user);
    const { page } = opened;
    const isShown = async (place: ReturnType<Page["locator"]>) =>
      assert.ok((await place.innerText()).includes("<img src=x"));
    await isShown(part(page, "Open reservations").locator("q"));
    await goTo(page, "History");
    await page.locator(".entries summary").nth(1).click();
    await isShown(page.locator(".entries dd", { hasText: "onerror" }));
    await goTo(page, "CV");
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), html);
    await page.getByLabel("Document", { exact: true }).check();
    assert.ok((await page.getByLabel("The document").inputValue()).includes("<img src=x"));
    assert.equal(await page.evaluate("globalThis.wasRun"), undefined);
    assert.deepEqual(mistakes(opened), []);
  },
});

async function countPurchases(user: TestUser): Promise<number> {
  return (await user.call("GET", "/payments/purchases")).body.purchases.length;
}
