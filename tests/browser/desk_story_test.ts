// Goal: the desk answers “I paid and got nothing” and “I was charged twice” by looking, and puts both right once.
// Method: a real browser, as a member of staff, with a person whose story is made through the API and the sandbox.
import assert from "node:assert/strict";
import { actTwice, find, mistakes, openDesk, seeBalance } from "../support/desk_page.ts";
import { axeViolations, browser_path } from "../support/browser.ts";
import { asServer, newUser, sql, stack } from "../support/stack.ts";

const ignore = browser_path === undefined;

/** Has a person pay in the sandbox while the webhook is lost; returns the payment's id, as their receipt has it. */
async function payUntold(person: Awaited<ReturnType<typeof newUser>>): Promise<string> {
  const { body } = await person.call("POST", "/payments/checkout", { body: { pack_id: "small" } });
  const form = new URLSearchParams({ action: "pay_untold" });
  await (await fetch(body.checkout_url, { method: "POST", body: form })).text();
  return `pay_${body.purchase_id}`;
}

Deno.test({
  name: "“I paid and got nothing”: a payment whose webhook was lost is found by its receipt and credited once",
  ignore,
  async fn() {
    const person = await newUser();
    const payment_id = await payUntold(person);
    await using opened = await openDesk();
    const { page } = opened;
    await find(page, payment_id);
    await page.getByText(`No provider has told us of the payment ${payment_id}.`).waitFor();
    await actTwice(page.getByRole("button", { name: "Ask the providers" }), "paid, and no webhook came");

    await page.getByRole("heading", { level: 1, name: person.email }).waitFor();
    await seeBalance(page, 100);
    await page.getByText("Paid, and 100 tokens credited.").waitFor();
    await page.getByText("webhook lost, found by asking").waitFor();
    assert.equal((await sql`select from token_transactions where user_id = ${person.id}`).length, 1);

    // Who opens the person first is told the same beside the purchase.
    await payUntold(person);
    await page.reload();
    const lost = page.getByRole("listitem").filter({ hasText: "the webhook was lost" });
    await actTwice(lost.getByRole("button", { name: "Ask the providers" }), "the second one as well");
    await seeBalance(page, 200);
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "“I was charged twice”: the second of two equal debits is shown as such, and reversed once",
  ignore,
  async fn() {
    const person = await newUser({ token: 50 });
    const debit = { amount: 7, reference: "<img src=x onerror=alert(1)>" };
    await person.call("POST", "/tokens/deduct", { body: debit });
    const { body: second } = await person.call("POST", "/tokens/deduct", { body: debit });
    await using opened = await openDesk();
    const { page, staff_id } = opened;
    await find(page, person.email);
    await seeBalance(page, 36);
    const line = page.getByRole("listitem").filter({ hasText: "charged twice?" });
    await line.waitFor();
    assert.match(await line.innerText(), /for <img src=x onerror=alert\(1\)>/, "HTML is shown as text");
    await actTwice(line.getByRole("button", { name: "Reverse" }), "the export ran once");
    await page.getByText(`Reversed entry ${second.transaction_id}: +7. The balance is 43.`).waitFor();
    await seeBalance(page, 43);
    await page.getByText("charged twice?").waitFor({ state: "detached" });

    const reversals = await sql`
      select metadata from token_transactions where user_id = ${person.id} and kind = 'reversal'
    `;
    assert.deepEqual(reversals.map(({ metadata }) => metadata), [{ reason: "the export ran once", actor: staff_id }]);
    assert.deepEqual(mistakes(opened), []);
  },
});

Deno.test({
  name: "the staff corrects a balance, releases a hold and has an event tried again, each with a reason",
  ignore,
  async fn() {
    const person = await newUser({ token: 30 });
    await asServer("POST", "/tokens/holds", { body: { user_id: person.id, amount: 20, reference: "render" } });
    const [purchase] = await sql`select id from create_purchase(${person.id}, 'small', 'standard', false)`;
    await sql`
      select apply_payment_event('standard', ${`evt_${purchase!.id}`}, 'paid', false, now(), '{}',
        ${`pay_${purchase!.id}`}, ${purchase!.id}, null, 700, 'eur')
    `;
    await using opened = await openDesk({ width: 360 });
    const { page } = opened;
    await find(page, person.id);
    await page.getByText("It changed nothing: the amount is not the price.").waitFor();
    await actTwice(page.getByRole("button", { name: "Try again" }), "is it right by now?");
    await page.getByText("Tried again. It still changed nothing").waitFor();
    await sql`update purchases set price_minor = 700 where id = ${purchase!.id}`;
    await actTwice(page.getByRole("button", { name: "Try again" }), "the price had been changed");
    await page.getByText("Tried again, and applied.").waitFor();
    await seeBalance(page, 110);

    await actTwice(page.getByRole("button", { name: "Release" }), "the work died");
    await seeBalance(page, 130);
    await actTwice(page.getByRole("button", { name: "Correct the balance" }), "goodwill", { Tokens: "-5" });
    await page.getByText("Debited 5 tokens. The balance is 125.").waitFor();

    // What was done is told, with who did it, and a phone shows all of it without moving sideways.
    await page.getByText("Who of the staff was here").click();
    await page.locator(".log").getByText("goodwill").waitFor();
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
    assert.deepEqual(mistakes(opened), []);
  },
});

for (const scheme of ["light", "dark"] as const) {
  Deno.test({
    name: `the desk can be used by everybody, in the ${scheme} scheme`,
    ignore,
    async fn() {
      const person = await newUser({ token: 30 });
      await asServer("POST", "/tokens/holds", { body: { user_id: person.id, amount: 20, reference: "render" } });
      await person.call("POST", "/payments/checkout", { body: { pack_id: "small" } });
      await using opened = await openDesk({ scheme });
      const { page } = opened;
      await find(page, "pay_nothing");
      await page.getByText("No provider has told us of the payment pay_nothing.").waitFor();
      assert.deepEqual(await axeViolations(page), []);
      // By the keyboard alone.
      await page.getByLabel("Find somebody").fill(person.email);
      await page.keyboard.press("Enter");
      await page.getByText("the webhook was lost").waitFor();
      assert.deepEqual(await axeViolations(page), []);
      await page.getByRole("button", { name: "Correct the balance" }).press("Enter");
      await page.getByRole("dialog").waitFor();
      assert.deepEqual(await axeViolations(page), []);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      assert.deepEqual(mistakes(opened), []);
    },
  });
}

Deno.test({
  name: "whoever is no staff is told so, and whoever was signed out signs in again and goes on",
  ignore,
  async fn() {
    await using stranger = await openDesk({ is_staff: false });
    await stranger.page.getByRole("heading", { name: "This desk is for the support staff" }).waitFor();
    assert.equal(await stranger.page.getByLabel("Find somebody").count(), 0);
    assert.deepEqual(await axeViolations(stranger.page), []);

    const person = await newUser({ token: 3 });
    await using opened = await openDesk();
    const { page, hosts, staff_id } = opened;
    await find(page, person.email);
    await seeBalance(page, 3);
    await page.getByText("leaves 3").waitFor();
    await sql`delete from auth.sessions where user_id = ${staff_id}`;
    await page.getByRole("button", { name: "Correct the balance" }).click();
    await page.getByRole("dialog").getByLabel("Tokens").fill("5");
    await page.getByRole("dialog").getByLabel("Reason").fill("goodwill");
    await page.getByRole("dialog").getByRole("button", { name: "Correct the balance" }).click();
    await page.getByText("Your session has ended: nothing more was read or done.").waitFor();
    const [row] = await sql`select email from auth.users where id = ${staff_id}`;
    await page.getByLabel("E-mail address").fill(row!.email);
    await page.getByLabel("Password").fill("correct horse battery");
    await page.getByRole("button", { name: "Sign in" }).click();
    // The address still names the person.
    await seeBalance(page, 3);
    assert.deepEqual([...hosts], [new URL(stack.url).host], "nobody else is asked for anything");
  },
});
