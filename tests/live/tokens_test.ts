// Goal: the wallet routes of the contract against a real database. Method: HTTP, fresh users per test.
import assert from "node:assert/strict";
import { asAnonymous, asServer, ledgerProblems, newUser, sql } from "../support/stack.ts";

const unknown_user = "00000000-0000-4000-8000-00000000dead";

Deno.test("a balance is credited, spent and accounted for", async () => {
  const user = await newUser();
  const added = await user.call("POST", "/tokens/add", { body: { amount: 50, reference: "welcome" } });
  assert.equal(added.status, 200);
  assert.equal(added.body.token, 50);
  const spent = await user.call("POST", "/tokens/deduct", { body: { amount: 20, metadata: { service: "cv" } } });
  assert.equal(spent.body.token, 30);
  assert.ok(spent.body.transaction_id > added.body.transaction_id);
  const { transaction_id: _, ...balance } = spent.body;
  assert.deepEqual((await user.call("GET", "/tokens")).body, balance);

  const { body } = await user.call("GET", "/tokens/transactions");
  assert.equal(body.next_cursor, null);
  assert.deepEqual(
    body.transactions.map((entry: Record<string, unknown>) => [
      entry.amount,
      entry.balance_after,
      entry.kind,
      entry.reference,
      entry.metadata,
    ]),
    [[-20, 30, "deduct", null, { service: "cv" }], [50, 50, "add", "welcome", {}]],
  );
});

Deno.test("deduct answers 402 with the balance when it would go negative, and takes nothing", async () => {
  const user = await newUser({ token: 5 });
  const { status, body } = await user.call("POST", "/tokens/deduct", { body: { amount: 6 } });
  assert.equal(status, 402);
  assert.equal(body.code, "insufficient_tokens");
  assert.equal(body.token, 5);
  assert.equal((await user.call("GET", "/tokens")).body.token, 5);
  assert.equal((await user.call("GET", "/tokens/transactions")).body.transactions.length, 1);
});

Deno.test("a balance never passes 2,147,483,647", async () => {
  const user = await newUser({ token: 1_000_000_000 });
  await user.call("POST", "/tokens/add", { body: { amount: 1_000_000_000 } });
  const refused = await user.call("POST", "/tokens/add", { body: { amount: 147_483_648 } });
  assert.equal(refused.status, 422);
  assert.equal(refused.body.code, "balance_limit");
  assert.equal((await user.call("POST", "/tokens/add", { body: { amount: 147_483_647 } })).body.token, 2_147_483_647);
  // What is held counts as well, since it can come back.
  await user.call("POST", "/tokens/holds", { body: { amount: 10 } });
  assert.equal((await user.call("POST", "/tokens/add", { body: { amount: 1 } })).body.code, "balance_limit");
});

Deno.test("a server credits, spends and reads for the user it names", async () => {
  const user = await newUser();
  const user_id = user.id;
  assert.equal((await asServer("POST", "/tokens/add", { body: { user_id, amount: 9 } })).body.token, 9);
  assert.equal((await asServer("POST", "/tokens/deduct", { body: { user_id, amount: 2 } })).body.token, 7);
  assert.equal((await asServer("GET", `/tokens?user_id=${user_id}`)).body.token, 7);
  const { body } = await asServer("GET", `/tokens/transactions?user_id=${user_id}`);
  assert.equal(body.transactions.length, 2);
  for (const path of ["/tokens", "/tokens/transactions"]) assert.equal((await asServer("GET", path)).status, 422);
});

Deno.test("a user that does not exist has no balance and takes no tokens", async () => {
  for (
    const answer of [
      await asServer("GET", `/tokens?user_id=${unknown_user}`),
      await asServer("POST", "/tokens/add", { body: { user_id: unknown_user, amount: 1 } }),
      await asServer("POST", "/tokens/holds", { body: { user_id: unknown_user, amount: 1 } }),
    ]
  ) {
    assert.equal(answer.status, 404);
    assert.equal(answer.body.code, "user_not_found");
  }
  assert.equal((await sql`select from user_tokens where user_id = ${unknown_user}`).length, 0);
});

Deno.test("nobody without a token or a secret key gets in", async () => {
  for (const path of ["/tokens", "/tokens/transactions", "/tokens/holds"]) {
    const { status, headers } = await asAnonymous("GET", path);
    assert.equal(status, 401);
    assert.match(headers.get("www-authenticate")!, /^Bearer/);
  }
  assert.equal((await asAnonymous("POST", "/tokens/add", { body: { amount: 1, user_id: unknown_user } })).status, 401);
});

Deno.test("users see and spend no tokens but their own", async () => {
  const [ada, bob] = await Promise.all([newUser({ token: 10 }), newUser({ token: 3 })]);
  for (const body of [{ amount: 1, user_id: ada.id }, { amount: 1, user_id: bob.id }]) {
    const answer = await bob.call("POST", "/tokens/deduct", { body });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.errors[0].path, "user_id");
  }
  assert.equal((await bob.call("GET", `/tokens?user_id=${ada.id}`)).status, 422);
  const hold = await ada.call("POST", "/tokens/holds", { body: { amount: 4 } });
  assert.equal((await bob.call("GET", `/tokens/holds/${hold.body.id}`)).status, 404);
  for (const end of ["capture", "release"]) {
    const answer = await bob.call("POST", `/tokens/holds/${hold.body.id}/${end}`);
    assert.equal(answer.status, 404);
    assert.equal(answer.body.code, "hold_not_found");
  }
  assert.equal((await ada.call("GET", "/tokens")).body.held, 4);
});

Deno.test("a retry with the same key repeats the first answer byte for byte, whatever happened since", async () => {
  const user = await newUser({ token: 10 });
  const request = { body: { amount: 4, reference: "r" }, headers: { "idempotency-key": '"order-1"' } };
  const first = await user.call("POST", "/tokens/deduct", request);
  await user.call("POST", "/tokens/deduct", { body: { amount: 6 } });
  const again = await user.call("POST", "/tokens/deduct", request);
  assert.equal(again.status, 200);
  assert.equal(again.text, first.text);
  assert.equal(first.headers.get("idempotent-replayed"), null);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  // A bare key is the same key, and members in another order are the same request.
  const bare = { body: '{"reference":"r","amount":4}', headers: { "idempotency-key": "order-1" } };
  assert.equal((await user.call("POST", "/tokens/deduct", bare)).text, first.text);
  assert.equal((await user.call("GET", "/tokens")).body.token, 0);
});

Deno.test("a key that belongs to another request is refused, for another user it is free", async () => {
  const [ada, bob] = await Promise.all([newUser({ token: 10 }), newUser({ token: 10 })]);
  const headers = { "idempotency-key": "k" };
  assert.equal((await ada.call("POST", "/tokens/deduct", { body: { amount: 1 }, headers })).status, 200);
  for (
    const [path, body] of [
      ["/tokens/deduct", { amount: 2 }],
      ["/tokens/deduct", { amount: 1, reference: "x" }],
      ["/tokens/deduct", { amount: 1, metadata: { a: 1 } }],
      ["/tokens/add", { amount: 1 }],
      ["/tokens/holds", { amount: 1 }],
    ] as const
  ) {
    const answer = await ada.call("POST", path, { body, headers });
    assert.equal(answer.status, 422, path);
    assert.equal(answer.body.code, "idempotency_key_reused");
  }
  assert.equal((await bob.call("POST", "/tokens/deduct", { body: { amount: 2 }, headers })).status, 200);
});

Deno.test("a key of a refused request is not used up", async () => {
  const user = await newUser();
  const request = { body: { amount: 5 }, headers: { "idempotency-key": "k" } };
  assert.equal((await user.call("POST", "/tokens/deduct", request)).status, 402);
  await user.call("POST", "/tokens/add", { body: { amount: 5 } });
  assert.equal((await user.call("POST", "/tokens/deduct", request)).status, 200);
});

Deno.test("of 300 parallel debits of 1 on 100 exactly 100 succeed", async () => {
  const user = await newUser({ token: 100 });
  const answers = await Promise.all(
    Array.from({ length: 300 }, () => user.call("POST", "/tokens/deduct", { body: { amount: 1 } })),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 100);
  assert.equal(answers.filter(({ status }) => status === 402).length, 200);
  assert.equal((await user.call("GET", "/tokens")).body.token, 0);
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("100 parallel calls with one key have one effect and one answer", async () => {
  const user = await newUser();
  // A wallet that is not there yet is the harder case: it must be made and locked once.
  await sql`delete from user_tokens where user_id = ${user.id}`;
  const request = { body: { amount: 7, user_id: user.id }, headers: { "idempotency-key": "once" } };
  const answers = await Promise.all(Array.from({ length: 100 }, () => asServer("POST", "/tokens/add", request)));
  assert.deepEqual([...new Set(answers.map(({ text }) => text))].length, 1);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true").length, 99);
  const entries = await sql`select from token_transactions where user_id = ${user.id} and idempotency_key = 'once'`;
  assert.equal(entries.length, 1);
});

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
  await user.call("POST", "/tokens/deduct", { body: { amount: 1, reference: 'say "hi", twice' } });
  await user.call("POST", "/tokens/deduct", { body: { amount: 1, reference: "=1+1" } });
  const { status, headers, text } = await user.call("GET", "/tokens/transactions.csv");
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "text/csv; charset=utf-8");
  const lines = text.trimEnd().split("\r\n");
  assert.equal(lines[0], "id,created_at,kind,amount,balance_after,held_after,hold_id,reference");
  assert.equal(lines.length, 4);
  assert.match(lines[1]!, /^\d+,\d{4}-.*,add,10,10,0,,$/);
  assert.match(lines[2]!, /,deduct,-1,9,0,,"say ""hi"", twice"$/);
  assert.match(lines[3]!, /,deduct,-1,8,0,,'=1\+1$/);
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
  assert.deepEqual(server.body, { token: 10, held: 0, time: first });
  assert.equal((await user.call("GET", "/tokens/balance_at?time=yesterday")).status, 422);
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

Deno.test("deleting an account closes its books and leaves no name in them", async () => {
  const user = await newUser({ token: 10 });
  await user.call("POST", "/tokens/deduct", {
    body: { amount: 3, reference: "secret", metadata: { name: "Ada" } },
    headers: { "idempotency-key": user.email },
  });
  await user.call("POST", "/tokens/holds", { body: { amount: 2, reference: "secret" } });
  const ids = (await sql`select id from token_transactions where user_id = ${user.id}`).map(({ id }) => id);
  await sql`delete from auth.users where id = ${user.id}`;

  for (const table of ["user_tokens", "token_transactions", "token_holds"]) {
    assert.equal((await sql`select from ${sql(table)} where user_id = ${user.id}`).length, 0, table);
  }
  const [renamed] = await sql`select user_id from token_transactions where id = ${ids[0]}`;
  const entries = await sql`select * from token_transactions where user_id = ${renamed!.user_id} order by id`;
  assert.deepEqual(entries.map(({ kind, balance_after }) => [kind, balance_after]), [
    ["add", 10],
    ["deduct", 7],
    ["hold", 5],
    ["release", 7],
    ["closing", 0],
  ]);
  for (const entry of entries) {
    assert.deepEqual([entry.reference, entry.idempotency_key, entry.request_hash, entry.metadata], [
      null,
      null,
      null,
      {},
    ]);
  }
  // The token of the deleted user is still valid for an hour: it opens nothing.
  assert.equal((await user.call("GET", "/tokens")).status, 404);
  assert.equal((await user.call("POST", "/tokens/deduct", { body: { amount: 1 } })).status, 404);
  assert.deepEqual(await ledgerProblems(), []);
});
