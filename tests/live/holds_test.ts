// Goal: reserve first, settle later, end exactly once. Method: HTTP, fresh users per test.
import assert from "node:assert/strict";
import { asServer, newUser, type TestUser } from "../support/stack.ts";

async function balance(user: TestUser) {
  const { updated_at: _, ...balance } = (await user.call("GET", "/tokens")).body;
  return balance;
}

Deno.test("a hold takes its tokens out of the balance at once", async () => {
  const user = await newUser({ token: 30 });
  const { status, body } = await user.call("POST", "/tokens/holds", { body: { amount: 20, reference: "render" } });
  assert.equal(status, 201);
  assert.deepEqual({ ...body, id: 0, expires_at: 0 }, {
    id: 0,
    amount: 20,
    captured_amount: null,
    status: "held",
    placed_by: "user",
    expires_at: 0,
    token: 10,
    held: 20,
    debt: 0,
  });
  const ttl_ms = Date.parse(body.expires_at) - Date.now();
  assert.ok(ttl_ms > 800_000 && ttl_ms <= 900_000);
  assert.deepEqual(await balance(user), { token: 10, held: 20, debt: 0 });
  const short = await user.call("POST", "/tokens/holds", { body: { amount: 11 } });
  assert.equal(short.status, 402);
  assert.equal(short.body.token, 10);
});

Deno.test("capture spends what was held, less, or more where the balance covers it", async () => {
  const user = await newUser({ token: 100 });
  const hold = async () => (await user.call("POST", "/tokens/holds", { body: { amount: 20 } })).body.id;
  const capture = async (id: string, body?: unknown) =>
    await user.call("POST", `/tokens/holds/${id}/capture`, { body });

  const all = await capture(await hold());
  assert.deepEqual([all.status, all.body.captured_amount, all.body.token], [200, 20, 80]);
  const less = await capture(await hold(), { amount: 5 });
  assert.deepEqual([less.body.captured_amount, less.body.token, less.body.held], [5, 75, 0]);
  const more = await capture(await hold(), { amount: 25 });
  assert.deepEqual([more.body.captured_amount, more.body.token], [25, 50]);
  const id = await hold();
  const too_much = await capture(id, { amount: 51 });
  assert.equal(too_much.status, 402);
  assert.equal(too_much.body.token, 30);
  assert.equal((await user.call("GET", `/tokens/holds/${id}`)).body.status, "held");
  for (const amount of [0, -1, 1.5, "5", 1_000_000_001]) assert.equal((await capture(id, { amount })).status, 422);
});

Deno.test("release gives everything back, and the history tells the story", async () => {
  const user = await newUser({ token: 30 });
  const { id } = (await user.call("POST", "/tokens/holds", { body: { amount: 20 } })).body;
  const released = await user.call("POST", `/tokens/holds/${id}/release`);
  assert.deepEqual([released.status, released.body.status, released.body.token, released.body.held], [
    200,
    "released",
    30,
    0,
  ]);
  const { transactions } = (await user.call("GET", "/tokens/transactions?limit=2")).body;
  assert.deepEqual(
    transactions.map((entry: Record<string, unknown>) => [entry.kind, entry.amount, entry.held_after, entry.hold_id]),
    [["release", 20, 0, id], ["hold", -20, 20, id]],
  );
});

Deno.test("a hold that has ended answers 409 with its final state", async () => {
  const user = await newUser({ token: 30 });
  const { id } = (await user.call("POST", "/tokens/holds", { body: { amount: 20 } })).body;
  await user.call("POST", `/tokens/holds/${id}/capture`, { body: { amount: 7 } });
  for (const end of ["capture", "release"]) {
    const { status, body } = await user.call("POST", `/tokens/holds/${id}/${end}`);
    assert.equal(status, 409);
    assert.equal(body.code, "hold_settled");
    assert.deepEqual([body.hold.id, body.hold.status, body.hold.captured_amount], [id, "captured", 7]);
  }
});

Deno.test("keys repeat the first answer for holds too, even after the hold has ended", async () => {
  const user = await newUser({ token: 30 });
  const place = { body: { amount: 20, ttl_seconds: 60 }, headers: { "idempotency-key": "place" } };
  const first = await user.call("POST", "/tokens/holds", place);
  const capture = { body: { amount: 5 }, headers: { "idempotency-key": "capture" } };
  const captured = await user.call("POST", `/tokens/holds/${first.body.id}/capture`, capture);
  const again = await user.call("POST", "/tokens/holds", place);
  assert.deepEqual([again.status, again.text], [201, first.text]);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  const captured_again = await user.call("POST", `/tokens/holds/${first.body.id}/capture`, capture);
  assert.deepEqual([captured_again.status, captured_again.text], [200, captured.text]);
  const other = await user.call("POST", `/tokens/holds/${first.body.id}/capture`, { ...capture, body: { amount: 6 } });
  assert.equal(other.body.code, "idempotency_key_reused");
  const other_ttl = await user.call("POST", "/tokens/holds", { ...place, body: { amount: 20, ttl_seconds: 61 } });
  assert.equal(other_ttl.body.code, "idempotency_key_reused");
});

Deno.test("limits of a hold are checked by name", async () => {
  const user = await newUser({ token: 30 });
  for (
    const [body, path] of [
      [{ amount: 0 }, "amount"],
      [{ amount: 1, ttl_seconds: 0 }, "ttl_seconds"],
      [{ amount: 1, ttl_seconds: 86_401 }, "ttl_seconds"],
      [{ amount: 1, ttl_seconds: "60" }, "ttl_seconds"],
      [{ amount: 1, reference: "" }, "reference"],
    ] as const
  ) {
    const answer = await user.call("POST", "/tokens/holds", { body });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.errors[0].path, path);
  }
  for (const id of ["nonsense", crypto.randomUUID()]) {
    assert.equal((await user.call("GET", `/tokens/holds/${id}`)).status, 404);
    assert.equal((await user.call("POST", `/tokens/holds/${id}/release`)).body.code, "hold_not_found");
  }
});

Deno.test("holds page through newest first", async () => {
  const user = await newUser({ token: 30 });
  const placed: string[] = [];
  for (let i = 0; i < 5; i++) {
    placed.unshift((await user.call("POST", "/tokens/holds", { body: { amount: 1 } })).body.id);
  }
  const seen: string[] = [];
  let cursor = "";
  do {
    const { body } = await user.call("GET", `/tokens/holds?limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...body.holds.map((hold: { id: string }) => hold.id));
    cursor = body.next_cursor;
  } while (cursor);
  assert.deepEqual(seen.toSorted(), placed.toSorted());
  for (const odd of ["x", "1_------------------------------------", `${cursor}0`]) {
    assert.equal((await user.call("GET", `/tokens/holds?cursor=${odd}`)).status, 422, odd);
  }
});

Deno.test("a server reserves and settles for the user it names", async () => {
  const user = await newUser({ token: 30 });
  const user_id = user.id;
  const { body } = await asServer("POST", "/tokens/holds", { body: { user_id, amount: 20 } });
  assert.equal((await asServer("GET", `/tokens/holds/${body.id}?user_id=${user_id}`)).body.status, "held");
  assert.equal((await asServer("GET", `/tokens/holds?user_id=${user_id}`)).body.holds.length, 1);
  assert.equal((await asServer("POST", `/tokens/holds/${body.id}/capture`)).status, 422);
  const captured = await asServer("POST", `/tokens/holds/${body.id}/capture`, { body: { user_id, amount: 3 } });
  assert.equal(captured.body.token, 27);
  const released = await asServer("POST", `/tokens/holds/${body.id}/release`, { body: { user_id } });
  assert.equal(released.status, 409);
});

Deno.test("what a server placed only a server settles, and a user settles what they placed", async () => {
  const user = await newUser({ token: 60 });
  const user_id = user.id;
  const { body: hold } = await asServer("POST", "/tokens/holds", { body: { user_id, amount: 40 } });
  assert.equal(hold.placed_by, "server");
  for (const [end, body] of [["capture", { amount: 1 }], ["capture", undefined], ["release", undefined]] as const) {
    const refused = await user.call("POST", `/tokens/holds/${hold.id}/${end}`, { body });
    assert.deepEqual([refused.status, refused.body.code], [403, "hold_of_server"]);
  }
  assert.equal((await user.call("GET", `/tokens/holds/${hold.id}`)).body.placed_by, "server");
  const captured = await asServer("POST", `/tokens/holds/${hold.id}/capture`, { body: { user_id, amount: 40 } });
  assert.deepEqual([captured.status, captured.body.token], [200, 20]);

  const { body: own } = await user.call("POST", "/tokens/holds", { body: { amount: 5 } });
  assert.equal((await asServer("POST", `/tokens/holds/${own.id}/release`, { body: { user_id } })).status, 200);
});
