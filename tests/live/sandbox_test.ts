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
  assert.match(await press("decline"), /payment\.failed: 200/);
  assert.equal((await purchase()).status, "failed");
  assert.match(await press("pay"), /payment\.paid: 200 {"outcome":"applied"}/);
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

Deno.test("a payment whose webhook was lost is found by reconciling, with what was refunded of it", async () => {
  const user = await newUser();
  const { body } = await user.call("POST", "/payments/checkout", { body: { pack_id: "small" } });
  const press = (action: string) => pressButton(body.checkout_url, action);
  assert.match(await press("pay_untold"), /nobody was told/);
  assert.match(await press("refund_half"), /"outcome":"waiting"/);
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
