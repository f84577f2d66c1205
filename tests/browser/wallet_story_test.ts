// Goal: everything that a wallet is for can be done on its page. Method: a real browser, as somebody who is new here.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { browser_path } from "../support/browser.ts";
import { stack } from "../support/stack.ts";
import { goTo, mistakes, openWallet, part, seeBalance, spend } from "../support/wallet_page.ts";

const ignore = browser_path === undefined;

Deno.test({
  name: "somebody signs up, writes a CV, buys, spends, reserves, settles, finds it all in the history, and leaves",
  ignore,
  async fn() {
    await using opened = await openWallet();
    const { page, hosts } = opened;
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByLabel("E-mail address").fill(`${crypto.randomUUID()}@example.com`);
    await page.getByLabel("Password").fill("correct horse battery");
    await page.getByRole("button", { name: "Create an account" }).click();
    await seeBalance(page, 0);

    await goTo(page, "CV");
    await page.getByLabel("Name", { exact: true }).fill("Ada Lovelace");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/^Saved on/).waitFor();

    await goTo(page, "Buy");
    await page.getByRole("button", { name: "Buy 500 tokens" }).click();
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await page.getByRole("link", { name: "Back to where you came from" }).click();
    await page.getByText("Your payment has arrived: 500 tokens.").waitFor();

    await goTo(page, "Wallet");
    await seeBalance(page, 500);
    await spend(page, 5, "export");
    await page.getByText("Spent 5 tokens. You have 495 left.").waitFor();
    await seeBalance(page, 495);

    const reserve = part(page, "Reserve");
    await reserve.getByLabel("Tokens").fill("20");
    await reserve.getByLabel("What for").fill("render");
    await reserve.getByRole("button", { name: "Reserve" }).click();
    await seeBalance(page, 475);
    assert.equal(await page.locator("[data-held]").innerText(), "20");
    const holds = part(page, "Open reservations");
    await holds.getByLabel("Cost").fill("12");
    await holds.getByRole("button", { name: "Settle" }).click();
    await holds.getByText("Settled for 12 tokens. You have 483 to spend.").waitFor();
    await holds.getByText("Nothing is reserved").waitFor();

    // The picture of the balance and the table beside it say the same.
    await page.getByRole("img", { name: /the balance went from 0 to 483 tokens/ }).waitFor();
    const changes = part(page, "Balance over time").getByRole("row");
    assert.deepEqual(
      await changes.getByRole("cell").allInnerTexts().then((cells) => cells.filter((_, i) => i % 4 > 1)),
      [
        ...["+8", "483", "−20", "475", "−5", "495", "+500", "500"],
      ],
    );

    await goTo(page, "History");
    await page.getByLabel("Kind").selectOption("deduct");
    await page.getByText("export").waitFor();
    assert.equal(await page.locator(".entries tbody tr").count(), 1);
    await page.reload();
    await page.getByText("export").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.locator(".entries summary", { hasText: "Bought" }).waitFor();
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download CSV" }).click();
    const csv = await readFile(await (await downloading).path(), "utf8");
    assert.deepEqual(csv.trimEnd().split("\r\n").length, 5);

    await page.getByLabel(/^Account of/).click();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(await page.getByRole("alert").count(), 1);
    assert.equal(await page.getByRole("alert").innerText(), "");
    assert.deepEqual([...hosts], [new URL(stack.url).host]);
    assert.deepEqual(mistakes(opened), []);
  },
});
