// Goal: an account's past can be read, exported, corrected and taken back. Method: HTTP, fresh users per test.
import assert from "node:assert/strict";
import { asServer, ledgerProblems, newUser, sql } from "../support/stack.ts";
import { buyPack, refundPurchase } from "../support/purchases.ts";

Deno.test("history pages through newest first, by kind and by time, without gaps or repeats under writes", async () => {
  const user = await newUser({ token: 100 });
  for (let i = 0; i < 12; i++) await user.call("POST", "/tokens/deduct", { body: { amount: 1, reference: `n${i}` } });
  const seen: number[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${cursor}`;
    const { body } = await user.call("GET", `/tokens/transactions?limit=5${query}`);
    seen.push(...body.transactions.map((entry: { id: number }) => entry.id));
    cursor = body.next_cursor;
    await user.call("POST", "/tokens/deduct", { body: { amount: 1 } });
  } while (cursor !== null);
  assert.equal(seen.length, 13);
  assert.deepEqual(seen, [...new Set(seen)].sort((a, b) => b - a));

  const adds = await user.call("GET", "/tokens/transactions?kind=add");
  assert.deepEqual(adds.body.transactions.map((entry: { amount: number }) => entry.amount), [100]);
  const { created_at } = adds.body.transactions[0];
  const later = await user.call("GET", `/tokens/transactions?limit=100&from=${encodeURIComponent(created_at)}`);
  assert.equal(later.body.transactions.at(-1).kind, "add");
  const earlier = await user.call("GET", `/tokens/transactions?to=${encodeURIComponent(created_at)}`);
  assert.deepEqual(earlier.body.transactions, []);
});

Deno.test("history comes as a CSV file, oldest first, safe to open in a spreadsheet", async () => {
  const user = await newUser({ token: 10 });
  for (const reference of ['say "hi"; twice', "=1+1", "\n=1+1", "＝1+1"]) {
    await user.call("POST", "/tokens/deduct", { body: { amount: 1, reference } });
  }
  const { status, headers, text } = await user.call("GET", "/tokens/transactions.csv");
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "text/csv; charset=utf-8");
  const lines = text.trimEnd().split("\r\n");
  const [header, added, ...spent] = lines;
  assert.equal(
    header,
    "id,created_at,kind,amount,balance_after,held_after,debt_change,debt_after,hold_id,purchase_id,reference",
  );
  assert.match(added!, /^\d+,"\d{4}-.*","add",10,10,0,0,0,,,$/);
  assert.deepEqual(spent.map((line) => line.split(",,,")[1]), [
    '"say ""hi""; twice"',
    `"'=1+1"`,
    `"'\n'=1+1"`,
    `"'＝1+1"`,
  ]);
});

Deno.test("a CSV file takes the filters of the history, and names purchases and debts", async () => {
  const user = await newUser();
  const purchase_id = await buyPack(sql, user.id);
  await user.call("POST", "/tokens/deduct", { body: { amount: 70 } });
  await refundPurchase(sql, purchase_id);
  const cells = async (filter: string) => {
    const { text } = await user.call("GET", `/tokens/transactions.csv?${filter}`);
    return text.trimEnd().split("\r\n").slice(1).map((line) => line.replaceAll('"', "").split(","));
  };
  const all = await cells("");
  assert.deepEqual(all.map((line) => line.toSpliced(0, 2)), [
    ["purchase", "100", "100", "0", "0", "0", "", purchase_id, "small"],
    ["deduct", "-70", "30", "0", "0", "0", "", "", ""],
    ["chargeback", "-30", "0", "0", "70", "70", "", purchase_id, "small"],
  ]);
  const [bought, spent] = all.map(([, created_at]) => encodeURIComponent(created_at!));
  assert.deepEqual(await cells("kind=deduct"), all.slice(1, 2));
  assert.deepEqual(await cells(`from=${spent}`), all.slice(1));
  assert.deepEqual(await cells(`to=${spent}&kind=purchase`), all.slice(0, 1));
  assert.deepEqual(await cells(`to=${bought}`), []);
  const { body } = await user.call("GET", `/tokens/transactions?kind=chargeback`);
  const [{ amount, debt_change, debt_after }] = body.transactions;
  assert.deepEqual({ amount, debt_change, debt_after }, { amount: -30, debt_change: 70, debt_after: 70 });
});

Deno.test("a debt stands beside the balance in every answer, until credits have paid it", async () => {
  const user = await newUser();
  const purchase_id = await buyPack(sql, user.id);
  const { body: spent } = await user.call("POST", "/tokens/deduct", { body: { amount: 70 } });
  assert.equal(spent.debt, 0);
  await refundPurchase(sql, purchase_id);
  const balance = (token: number, debt: number) => ({ token, held: 0, debt });
  const { updated_at: _, ...owed } = (await user.call("GET", "/tokens")).body;
  assert.deepEqual(owed, balance(0, 70));
  const { token, held, debt } = (await user.call("POST", "/tokens/add", { body: { amount: 100 } })).body;
  assert.deepEqual({ token, held, debt }, balance(30, 0));
  const { transactions: [entry] } = (await user.call("GET", "/tokens/transactions")).body;
  assert.deepEqual([entry.kind, entry.amount, entry.debt_change, entry.debt_after], ["add", 30, -70, 0]);
  const { transactions: [chargeback] } = (await user.call("GET", "/tokens/transactions?kind=chargeback")).body;
  const then = `/tokens/balance_at?time=${encodeURIComponent(chargeback.created_at)}`;
  assert.deepEqual((await user.call("GET", then)).body, { ...balance(0, 70), time: chargeback.created_at });
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("a history of 2,500 entries comes whole", async () => {
  const user = await newUser({ token: 5_000 });
  await sql`select adjust_tokens(${user.id}, -1, 'deduct') from generate_series(1, 2499)`;
  const { text } = await user.call("GET", "/tokens/transactions.csv");
  const balances = text.trimEnd().split("\r\n").slice(1).map((line) => Number(line.split(",")[4]));
  assert.deepEqual(balances, Array.from({ length: 2_500 }, (_, i) => 5_000 - i));
});

Deno.test("balance_at tells what the balance was", async () => {
  const user = await newUser();
  const at = async (time: string) =>
    (await user.call("GET", `/tokens/balance_at?time=${encodeURIComponent(time)}`)).body.token;
  const first = (await user.call("POST", "/tokens/add", { body: { amount: 10 } })).body.updated_at;
  const second = (await user.call("POST", "/tokens/deduct", { body: { amount: 4 } })).body.updated_at;
  assert.deepEqual([await at("2020-01-01T00:00:00Z"), await at(first), await at(second)], [0, 10, 6]);
  const server = await asServer("GET", `/tokens/balance_at?time=${encodeURIComponent(first)}&user_id=${user.id}`);
  assert.deepEqual(server.body, { token: 10, held: 0, debt: 0, time: first });
  assert.equal((await user.call("GET", "/tokens/balance_at?time=yesterday")).status, 422);
});

Deno.test("a time is one that the database takes too, or it is refused", async () => {
  const user = await newUser({ token: 10 });
  const times = {
    200: [
      "0001-01-01T00:00:00Z",
      "9999-12-31T23:59:59.999999999Z",
      "2026-01-01T00:00:00+15:59",
      "2026-01-01T00:00:00-15:59",
    ],
    422: ["0000-01-01T00:00:00Z", "2026-01-01T00:00:00+16:00", "2026-01-01T00:00:00-23:59", "2026-02-30T00:00:00Z"],
  };
  for (const [status, those] of Object.entries(times)) {
    for (const time of those) {
      for (const query of ["balance_at?time", "transactions?from", "transactions?to", "transactions.csv?from"]) {
        const path = `/tokens/${query}=${encodeURIComponent(time)}`;
        assert.equal((await user.call("GET", path)).status, Number(status), path);
      }
    }
  }
});

Deno.test("an adjustment is for servers, and says why and by whom", async () => {
  const user = await newUser({ token: 10 });
  const body = { user_id: user.id, amount: -4, reason: "double charge", actor: "grace@support" };
  const refused = await user.call("POST", "/tokens/adjustments", { body });
  assert.equal(refused.status, 403);
  assert.equal(refused.body.code, "server_required");
  const adjusted = await asServer("POST", "/tokens/adjustments", { body });
  assert.equal(adjusted.body.token, 6);
  const { transactions: [entry] } = (await user.call("GET", "/tokens/transactions")).body;
  assert.equal(entry.kind, "adjustment");
  assert.deepEqual(entry.metadata, { reason: "double charge", actor: "grace@support" });
  for (const missing of ["reason", "actor", "user_id", "amount"]) {
    const answer = await asServer("POST", "/tokens/adjustments", { body: { ...body, [missing]: undefined } });
    assert.equal(answer.status, 422, missing);
  }
  assert.equal((await asServer("POST", "/tokens/adjustments", { body: { ...body, amount: 0 } })).status, 422);
  assert.equal((await asServer("POST", "/tokens/adjustments", { body: { ...body, amount: -7 } })).status, 402);
});

Deno.test("an entry is reversed once, and below zero never", async () => {
  const user = await newUser({ token: 10 });
  const { transaction_id } = (await user.call("POST", "/tokens/deduct", { body: { amount: 4 } })).body;
  const why = { user_id: user.id, reason: "refund", actor: "grace" };
  const reverse = async (id: number | string, more = {}) =>
    await asServer("POST", `/tokens/transactions/${id}/reversal`, { body: { ...why, ...more } });
  const reversed = await reverse(transaction_id);
  assert.equal(reversed.status, 200);
  assert.deepEqual([reversed.body.amount, reversed.body.token], [4, 10]);
  assert.equal((await reverse(transaction_id)).body.code, "transaction_already_reversed");
  assert.equal((await reverse(reversed.body.transaction_id)).body.code, "transaction_not_reversible");
  for (const id of [999_999_999, "abc", 0]) assert.equal((await reverse(id)).status, 404);

  const [credit] = (await user.call("GET", "/tokens/transactions?kind=add")).body.transactions;
  await user.call("POST", "/tokens/deduct", { body: { amount: 7 } });
  const short = await reverse(credit.id);
  assert.equal(short.status, 402);
  assert.equal(short.body.token, 3);
  const partial = await reverse(credit.id, { allow_partial: true });
  assert.deepEqual([partial.body.amount, partial.body.token], [-3, 0]);
  assert.equal((await user.call("POST", "/tokens/transactions/1/reversal", { body: why })).status, 403);
  const { transactions: [entry] } = (await user.call("GET", "/tokens/transactions")).body;
  assert.equal(entry.reverses, credit.id);
});
