// Goal: the local stack shows the whole way of a purchase, webhooks that get lost included. Method: the sandbox's page as
// a buyer's browser uses it, and the task as an operator runs it.
import assert from "node:assert/strict";
import { secret_key } from "../../local/stack.ts";
import { connectDatabase, ownStack } from "../support/own_stack.ts";
import { newWallet } from "../support/wallets.ts";
import { asAnonymous, asServer, ledgerProblems, newUser, stack } from "../support/stack.ts";

/** Presses a button of the sandbox's page, and returns the page that answers. */
async function pressButton(checkout_url: string, action: string): Promise<string> {
  const response = await fetch(checkout_url, { method: "POST", body: new URLSearchParams({ action }) });
  return await response.text();
}

Deno.test("the sandbox takes a purchase from checkout over payment to refund, and the history says it", async () => {
  const user = await newUser();
  assert.deepEqual((await asAnonymous("GET", "/payments/packs")).body.packs[0].id, "small");
  const { status, body } = await user.call("POST", "/payments/checkout", { body: { pack_id: "small" } });
  assert.equal(status, 201);
  assert.ok(body.checkout_url.startsWith(`${stack.url}/sandbox/checkout?`));
  assert.match(await (await fetch(body.checkout_url)).text(), /Sandbox: no money moves here[^]*€5\.00/);
  const press = (action: string) => pressButton(body.checkout_url, action);
  const purchase = async () => (await user.call("GET", "/payments/purchases")).body.purchases[0];

  assert.equal((await purchase()).status, "pending");
  assert.match(await press("decline"), /Told, and the books follow it[^]*payment\.failed: 200/);
  assert.equal((await purchase()).status, "failed");
  assert.match(await press("pay"), /<strong>paid<\/strong>, 100 tokens credited[^]*Told, and the books follow it/);
  assert.equal((await user.call("GET", "/tokens")).body.token, 100);
  assert.equal((await purchase()).status, "paid");
  await press("refund_half");
  assert.deepEqual([(await purchase()).status, (await purchase()).granted], ["refunded", 50]);
  await press("dispute");
  assert.equal((await user.call("GET", "/tokens")).body.token, 0);
  await press("win");
  await press("refund");

  const { transactions } = (await user.call("GET", "/tokens/transactions")).body;
  assert.deepEqual(
    transactions.map(({ kind, amount, balance_after }: Record<string, unknown>) => [kind, amount, balance_after]),
    [
      ["chargeback", -50, 0],
      ["purchase", 50, 50],
      ["chargeback", -50, 0],
      ["chargeback", -50, 50],
      ["purchase", 100, 100],
    ],
  );
  assert.ok(transactions.every((entry: { purchase_id: string }) => entry.purchase_id === body.purchase_id));
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("the sandbox's page names what is bought at what price, groups its buttons and leads back", async () => {
  const user = await newUser();
  const { body } = await user.call("POST", "/payments/checkout", { body: { pack_id: "medium" } });
  const shop = "http://localhost:3000/wallet";
  const page = await (await fetch(body.checkout_url, { headers: { referer: shop } })).text();
  assert.match(page, /€20\.00<\/h1>\s*<p>for pack “medium”, 500 tokens/);
  assert.match(page, /Status: <strong>pending/);
  assert.deepEqual([...page.matchAll(/<legend>(.+?)<\/legend>/g)].map(([, title]) => title), [
    "Pay",
    "Refuse",
    "After the payment",
  ]);
  const back = `<a href="${shop}">← Back to where you came from</a>`;
  assert.ok(page.includes(back));
  // Buttons lead to the page again, which still knows the way back.
  const [, remembered = ""] = /name="back" value="(.+?)"/.exec(page) ?? [];
  const pressed = await fetch(body.checkout_url, {
    method: "POST",
    body: new URLSearchParams({ action: "pay", back: remembered }),
  });
  const paid = await pressed.text();
  assert.ok(paid.includes(back));
  assert.match(paid, /role="status"><p>Told, and the books follow it\.<\/p>/);

  // Where it says nothing of the way back, or something that is no page, there is no such link.
  for (const referer of [undefined, "javascript:alert(1)", `${stack.url}/sandbox/checkout`]) {
    const bare = await fetch(body.checkout_url, { headers: referer === undefined ? {} : { referer } });
    assert.doesNotMatch(await bare.text(), /<a /);
  }
});

Deno.test("the sandbox shows prices in their currency's own smallest unit", async () => {
  for (
    const [amount_minor, currency, price] of [["500", "jpy", "¥500"], ["500", "eur", "€5.00"], [
      "5000",
      "kwd",
      "KWD\u00a05.000",
    ]]
  ) {
    const query = new URLSearchParams({
      purchase_id: crypto.randomUUID(),
      amount_minor: amount_minor!,
      currency: currency!,
    });
    const page = await (await fetch(`${stack.url}/sandbox/checkout?${query}`)).text();
    assert.ok(page.includes(`<h1>${price}</h1>`), page);
    assert.match(page, /a purchase that the books do not know/);
  }
});

Deno.test("a payment whose webhook was lost is found by reconciling, with what was refunded of it", async () => {
  const user = await newUser();
  const { body } = await user.call("POST", "/payments/checkout", { body: { pack_id: "small" } });
  const press = (action: string) => pressButton(body.checkout_url, action);
  assert.match(await press("pay_untold"), /nobody was told/);
  assert.match(await press("refund_half"), /kept until the payment that it belongs to is known/);
  assert.equal((await user.call("GET", "/tokens")).body.token, 0);
  const reconcile = async () => {
    const { status, body } = await asServer("POST", "/payments/reconcile", { body: { max_pages: 100 } });
    assert.equal(status, 200);
    return body.reconciliations[0];
  };
  while ((await reconcile()).stage !== "done");
  assert.equal((await user.call("GET", "/tokens")).body.token, 50);
  assert.equal((await fetch(`${stack.url}/sandbox/api/events`)).status, 401);
});

Deno.test("deno task reconcile shows its progress and ends with 0, with 1 where a person is needed, with 2 unfinished", async () => {
  await using own = await ownStack();
  await using database = connectDatabase(own, 2);
  const buy = async (action: string) => {
    const user_id = await newWallet(database, 0);
    const [purchase] = await database`select id from create_purchase(${user_id}, 'small', 'standard', false)`;
    const query = new URLSearchParams({ purchase_id: purchase!.id, amount_minor: "500", currency: "eur" });
    await pressButton(`${own.url}/sandbox/checkout?${query}`, action);
    return purchase!.id as string;
  };
  const run = async (key: string) => {
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "tasks/reconcile.ts", `${own.url}/functions/v1`],
      env: { SUPABASE_SECRET_KEY: key, NO_COLOR: "1" },
    }).output();
    const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code: output.code, text: stdout! + stderr! };
  };

  await buy("pay_untold");
  const found = await run(secret_key);
  assert.match(found.text, /1 events \(1 missed\).*payments\n.*done\nThe books and the providers agree\./s);
  assert.equal(found.code, 0);

  const forged = await buy("decline");
  await database`
    select apply_payment_event('standard', 'evt_forged', 'paid', false, now(), '{}', 'pay_forged', ${forged}, null, 500, 'eur')
  `;
  const differing = await run(secret_key);
  assert.match(differing.text, /credited_not_paid.*pay_forged.*1 thing needs a person/s);
  assert.equal(differing.code, 1);

  const refused = await run("sb_secret_wrong");
  assert.match(refused.text, /goes on from here: .* answered 401 unauthorized/);
  assert.equal(refused.code, 2);
});
