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

Deno.test("users and servers have idempotency keys of their own", async () => {
  const user = await newUser({ token: 100 });
  const headers = { "idempotency-key": "job-18" };
  assert.equal((await user.call("POST", "/tokens/holds", { body: { amount: 1 }, headers })).status, 201);
  const charge = { body: { user_id: user.id, amount: 18 }, headers };
  const charged = await asServer("POST", "/tokens/deduct", charge);
  assert.equal(charged.status, 200, charged.text);
  assert.equal((await asServer("POST", "/tokens/deduct", charge)).text, charged.text);
  assert.equal((await user.call("POST", "/tokens/deduct", { body: { amount: 18 }, headers })).status, 422);
  assert.deepEqual((await user.call("GET", "/tokens")).body.token, 81);
});

Deno.test("a request with two idempotency keys is refused", async () => {
  const user = await newUser({ token: 10 });
  const headers = { "idempotency-key": "one, two" };
  const { status, body } = await user.call("POST", "/tokens/deduct", { body: { amount: 1 }, headers });
  assert.deepEqual([status, body.errors?.[0].path], [422, "Idempotency-Key"]);
});

Deno.test("of 300 parallel debits of 1 on 100 no more than 100 are done, and with retries exactly 100", async () => {
  const user = await newUser({ token: 100 });
  const debit = () => user.call("POST", "/tokens/deduct", { body: { amount: 1 } });
  const countDone = async () => {
    const entries = await sql`select from token_transactions where user_id = ${user.id} and kind = 'deduct'`;
    return entries.length;
  };
  const answers = await Promise.all(Array.from({ length: 300 }, debit));
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = `${status} ${body.code ?? "done"}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  const { "200 done": done = 0, ...others } = counts;
  assert.ok(done <= 100);
  assert.equal(await countDone(), done, `what was not answered 200 was not done: ${JSON.stringify(others)}`);
  // A slow machine may answer 503: nothing was done then, so trying again spends the rest and no token more.
  for (const other of Object.keys(others)) assert.match(other, /^402 insufficient_tokens$|^503 /);
  for (let status = 0; status !== 402;) {
    ({ status } = await debit());
    assert.ok([200, 402, 503].includes(status), String(status));
  }
  assert.equal(await countDone(), 100);
  assert.equal((await user.call("GET", "/tokens")).body.token, 0);
  assert.deepEqual(await ledgerProblems(), []);
});

Deno.test("100 parallel calls with one key have one effect and one answer", async () => {
  const user = await newUser();
  // A wallet that is not there yet is the harder case: it must be made and locked once.
  await sql`delete from user_tokens where user_id = ${user.id}`;
  const request = { body: { amount: 7, user_id: user.id }, headers: { "idempotency-key": "once" } };
  const answers = await Promise.all(Array.from({ length: 100 }, async () => {
    // A slow machine may answer 503: a client then sends the same again.
    for (;;) {
      const answer = await asServer("POST", "/tokens/add", request);
      if (answer.status !== 503) return answer;
    }
  }));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  assert.ok(answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true").length >= 99);
  const entries = await sql`select from token_transactions where user_id = ${user.id} and idempotency_key = 'once'`;
  assert.equal(entries.length, 1);
});

Deno.test("deleting an account closes its books and leaves no name in them", async () => {
  const user = await newUser({ token: 10 });
  await user.call("POST", "/tokens/deduct", {
    body: { amount: 3, reference: "secret", metadata: { name: "Ada" } },
    headers: { "idempotency-key": user.email },
  });
  const hold = await user.call("POST", "/tokens/holds", { body: { amount: 2, reference: "secret" } });
  await sql`delete from auth.users where id = ${user.id}`;

  for (const table of ["user_tokens", "token_transactions", "token_holds"]) {
    assert.equal((await sql`select from ${sql(table)} where user_id = ${user.id}`).length, 0, table);
  }
  const [renamed] = await sql`select user_id from token_holds where id = ${hold.body.id}`;
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
