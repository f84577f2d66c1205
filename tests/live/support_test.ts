// Goal: the desk opens to the support staff and to nobody else, and each look at a person leaves a line.
// Method: every route as everybody, real tokens with what their users wrote into them, and the log beside each look.
import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import { operations } from "../../tasks/openapi/document.ts";
import { deliver, eventsOf, startPurchase } from "../support/payments.ts";
import { act, linesAbout, newStaff } from "../support/staff.ts";
import { asAnonymous, asServer, callAs, newUser, publishable_key, sql, stack } from "../support/stack.ts";

/** Every route of the desk with a request that the staff may send, about a person. */
function requestsAbout(user_id: string) {
  return operations.filter(({ who }) => who === "staff").map(({ method, path, example }) => ({
    method,
    path: path.replace("{id}", user_id).replace("{transaction_id}", "1").replace("{hold_id}", crypto.randomUUID()),
    ...(method === "POST" && { body: example, headers: { "idempotency-key": crypto.randomUUID() } }),
  }));
}

Deno.test("every route of the desk refuses users, servers and nobody, and none of it leaves a line", async () => {
  const [user, person] = await Promise.all([newUser(), newUser()]);
  const requests = requestsAbout(person.id);
  assert.equal(requests.length, 11);
  for (const { method, path, ...request } of requests) {
    for (
      const [call, status, code] of [
        [user.call, 403, "staff_required"],
        [asServer, 403, "staff_required"],
        [asAnonymous, 401, "unauthorized"],
      ] as const
    ) {
      const answer = await call(method, path, request);
      assert.deepEqual([answer.status, answer.body.code], [status, code], `${method} ${path}`);
    }
  }
  assert.deepEqual([...await linesAbout(person.id)], []);
});

Deno.test("a user who writes a role into their own metadata gains nothing", async () => {
  const person = await newUser();
  const client = createClient(stack.url, publishable_key, { auth: { persistSession: false, autoRefreshToken: false } });
  const credentials = { email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery" };
  const written = { role: "support", app_metadata: { role: "support" }, is_staff: true };
  await client.auth.signUp({ ...credentials, options: { data: written } });
  // supabase-js has no such field: whoever wants it sends it by hand.
  const { data: { session } } = await client.auth.signInWithPassword(credentials);
  await callAs(session!.access_token)("PUT", "/auth/v1/user", {
    body: { data: written, app_metadata: { role: "support" }, role: "support" },
  });
  const { data } = await client.auth.signInWithPassword(credentials);
  const { access_token } = data.session!;
  const claims = JSON.parse(atob(access_token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/")));
  assert.equal(
    claims.user_metadata.role,
    "support",
    "what the user wrote is in the token, where it counts for nothing",
  );
  const { status, body } = await callAs(access_token)("GET", `/support/people/${person.id}`);
  assert.deepEqual([status, body.code], [403, "staff_required"]);
});

Deno.test("whoever is no staff any more is refused, although the token still says so", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser({ token: 5 })]);
  assert.equal((await staff.call("GET", `/support/people/${person.id}`)).status, 200);
  await sql`update auth.users set raw_app_meta_data = raw_app_meta_data - 'role' where id = ${staff.id}`;
  const look = await staff.call("GET", `/support/people/${person.id}`);
  const action = await act(staff, `/people/${person.id}/adjustments`, { amount: 5, reason: "goodwill" });
  for (const { status, body } of [look, action]) assert.deepEqual([status, body.code], [403, "staff_required"]);
  assert.equal((await person.call("GET", "/tokens")).body.token, 5);
});

Deno.test("a member of staff who signed out sees nothing and changes nothing", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser({ token: 5 })]);
  await staff.call("POST", "/auth/signout");
  for (const { method, path, ...request } of requestsAbout(person.id)) {
    const { status, body } = await staff.call(method, path, request);
    assert.deepEqual([status, body.code], [401, "session_ended"], `${method} ${path}`);
  }
  assert.deepEqual([...await linesAbout(person.id)], []);
  assert.equal((await person.call("GET", "/tokens")).body.token, 5);
});

Deno.test("a person is found by address, by id and by payment, and what nobody has is a 404", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser()]);
  const purchase_id = await startPurchase(person.id);
  await deliver(eventsOf(purchase_id).paid);
  const search = async (body: unknown) => await staff.call("POST", "/support/search", { body });
  for (
    const by of [
      { email: person.email.toUpperCase() },
      { user_id: person.id },
      { payment_id: `pay_${purchase_id}` },
    ]
  ) {
    const { status, body } = await search(by);
    assert.equal(status, 200);
    assert.deepEqual(body.people.map(({ user_id }: { user_id: string }) => user_id), [person.id]);
    assert.equal(body.events.length, "payment_id" in by ? 1 : 0);
  }
  for (const by of [{ email: "nobody@example.com" }, { user_id: crypto.randomUUID() }, { payment_id: "pay_nothing" }]) {
    const { status, body } = await search(by);
    assert.deepEqual([status, body.code], [404, "user_not_found"]);
  }
  for (const by of [{}, { email: person.email, user_id: person.id }, { name: "Ada" }]) {
    assert.equal((await search(by)).status, 422);
  }
  const misses = await sql`select user_id from support_log where staff_id = ${staff.id} and action = 'search'`;
  assert.equal(misses.filter(({ user_id }) => user_id === null).length, 3, "who looks for nobody is noted as well");
});

Deno.test("a payment that changed nothing is found by its id, with what its provider said", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser()]);
  const payment_id = `pay_${crypto.randomUUID()}`;
  const { paid } = eventsOf(crypto.randomUUID());
  await deliver({ ...paid, data: { ...paid.data, payment_id } });
  const nobodys = await staff.call("POST", "/support/search", { body: { payment_id } });
  assert.deepEqual(nobodys.body.people, []);
  assert.deepEqual(nobodys.body.events.map((event: { review_reason: string }) => event.review_reason), [
    "purchase_unknown",
  ]);

  // One that names a purchase and pays too little for it leads to the buyer all the same.
  const purchase_id = await startPurchase(person.id);
  const { paid: short } = eventsOf(purchase_id);
  await deliver({ ...short, data: { ...short.data, amount_minor: 1 } });
  const found = await staff.call("POST", "/support/search", { body: { payment_id: `pay_${purchase_id}` } });
  assert.deepEqual(found.body.people.map(({ user_id }: { user_id: string }) => user_id), [person.id]);
  const { body } = await staff.call("GET", `/support/people/${person.id}/purchases`);
  assert.equal(body.purchases[0].status, "pending");
  assert.equal(body.purchases[0].events[0].review_reason, "amount_differs");
});

Deno.test("the staff sees balance, debt, holds, ledger and purchases of a person, page by page", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser({ token: 100 })]);
  await person.call("POST", "/tokens/deduct", { body: { amount: 10, reference: "<b>export</b>" } });
  await asServer("POST", "/tokens/holds", { body: { user_id: person.id, amount: 30, reference: "render" } });
  const first = await startPurchase(person.id);
  const second = await startPurchase(person.id);
  const read = async (part = "") => (await staff.call("GET", `/support/people/${person.id}${part}`)).body;

  const { email, token, held, debt, is_staff } = await read();
  assert.deepEqual({ email, token, held, debt, is_staff }, {
    ...{ email: person.email, token: 60, held: 30, debt: 0, is_staff: false },
  });
  const { holds } = await read("/holds");
  assert.deepEqual(holds.map(({ amount, placed_by }: Record<string, unknown>) => [amount, placed_by]), [[
    30,
    "server",
  ]]);

  const kinds: string[] = [];
  for (let cursor = ""; cursor !== null;) {
    const { transactions, next_cursor } = await read(`/transactions?limit=1${cursor && `&cursor=${cursor}`}`);
    kinds.push(...transactions.map(({ kind, requested_by }: Record<string, string>) => `${kind} by ${requested_by}`));
    cursor = next_cursor;
  }
  assert.deepEqual(kinds, ["hold by server", "deduct by user", "add by server"]);

  const purchases: string[] = [];
  for (let cursor = ""; cursor !== null;) {
    const page = await read(`/purchases?limit=1${cursor && `&cursor=${cursor}`}`);
    purchases.push(...page.purchases.map(({ id }: { id: string }) => id));
    cursor = page.next_cursor;
  }
  assert.deepEqual(purchases.toSorted(), [first, second].toSorted());

  for (const part of ["", "/transactions", "/holds", "/purchases", "/log"]) {
    for (const id of [crypto.randomUUID(), "nobody"]) {
      const { status, body } = await staff.call("GET", `/support/people/${id}${part}`);
      assert.deepEqual([status, body.code], [404, "user_not_found"], part);
    }
  }
});

Deno.test("each look at a person is one line of the log: who, whom and what, and the staff can read it", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser()]);
  await staff.call("POST", "/support/search", { body: { email: person.email } });
  for (const part of ["", "/transactions", "/holds", "/purchases"]) {
    await staff.call("GET", `/support/people/${person.id}${part}`);
  }
  const { body } = await staff.call("GET", `/support/people/${person.id}/log?limit=3`);
  const lines = await linesAbout(person.id);
  const actions = ["search", "person", "transactions", "holds", "purchases", "log"];
  assert.deepEqual(lines.map(({ action }) => action), actions);
  assert.ok(lines.every(({ staff_id, reason }) => staff_id === staff.id && reason === null));
  assert.deepEqual(body.lines.map(({ action }: { action: string }) => action), ["log", "purchases", "holds"]);
  assert.ok(body.next_cursor !== null);
  const { body: rest } = await staff.call("GET", `/support/people/${person.id}/log?cursor=${body.next_cursor}`);
  assert.deepEqual(rest.lines.map(({ action }: { action: string }) => action), ["transactions", "person", "search"]);
});

Deno.test("the support log is append-only, for its owner too", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser()]);
  await staff.call("GET", `/support/people/${person.id}`);
  const refused = { message: "support_log is append-only" };
  await assert.rejects(() => sql`update support_log set staff_id = ${person.id} where user_id = ${person.id}`, refused);
  await assert.rejects(() => sql`update support_log set user_id = ${staff.id} where user_id = ${person.id}`, refused);
  await assert.rejects(() => sql`delete from support_log where user_id = ${person.id}`, refused);
  await assert.rejects(() => sql`truncate support_log`, refused);
});

Deno.test("the lines about an account that was deleted go under the pseudonym of its ledger, without their reasons", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser()]);
  const { body } = await act(staff, `/people/${person.id}/adjustments`, { amount: 1, reason: "Ada called" });
  await sql`delete from auth.users where id = ${person.id}`;
  assert.deepEqual([...await linesAbout(person.id)], []);
  const lines = await sql`select user_id, reason, subject from support_log where staff_id = ${staff.id}`;
  assert.deepEqual(lines.map(({ reason, subject }) => ({ reason, subject })), [
    { reason: "account closed", subject: String(body.transaction_id) },
  ]);
  const entries = await sql`select from token_transactions where user_id = ${lines[0]!.user_id}`;
  assert.ok(entries.length > 0, "the line is still with the ledger that it is about");
});
