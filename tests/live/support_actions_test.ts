// Goal: what the staff does has one effect, carries who did it by their token, and why. Method: each action sent as the
// desk sends it, again, at once, by others, and too late; the ledger and the log read past the API.
import assert from "node:assert/strict";
import { deliver, eventsOf, startPurchase } from "../support/payments.ts";
import { act, linesAbout, newStaff, type Staff } from "../support/staff.ts";
import { asServer, ledgerProblems, newUser, sql, stack } from "../support/stack.ts";
import { connectDatabase } from "../support/own_stack.ts";

const reason = "The export failed and was charged";

async function entriesOf(user_id: string) {
  return await sql`
    select id, kind, amount, requested_by, metadata, reverses from token_transactions
    where user_id = ${user_id} order by id
  `;
}

/** The only line of the log that says of a person that something was done. */
async function actionOn(user_id: string) {
  const done = (await linesAbout(user_id)).filter((line) => line.reason !== null);
  assert.equal(done.length, 1);
  return { ...done[0]! };
}

Deno.test("an adjustment names who made it by the token, and why, in the ledger and in the log", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser({ token: 10 })]);
  const { status, body } = await act(staff, `/people/${person.id}/adjustments`, { amount: -4, reason, reference: "x" });
  assert.deepEqual([status, body.amount, body.token], [200, -4, 6]);
  const { kind, amount, requested_by, metadata } = (await entriesOf(person.id)).at(-1)!;
  assert.deepEqual({ kind, amount, requested_by, metadata }, {
    ...{ kind: "adjustment", amount: -4, requested_by: "staff", metadata: { reason, actor: staff.id } },
  });
  assert.deepEqual(await actionOn(person.id), {
    ...{ staff_id: staff.id, action: "adjust", subject: String(body.transaction_id), reason },
  });
  // The person reads it in their own history.
  const { body: history } = await person.call("GET", "/tokens/transactions?limit=1");
  assert.equal(history.transactions[0].metadata.reason, reason);
});

Deno.test("no body names who acts, and none does without a reason and a key", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser({ token: 10 })]);
  const path = `/people/${person.id}/adjustments`;
  for (
    const body of [
      { amount: 1, reason, actor: "somebody else" },
      { amount: 1, reason, staff_id: person.id },
      { amount: 1, reason, user_id: staff.id },
      { amount: 1, reason, metadata: { actor: "somebody else" } },
      { amount: 1 },
      { amount: 1, reason: "" },
      { amount: 1, reason: "x".repeat(501) },
      { amount: 0, reason },
      { amount: 100_001, reason },
    ]
  ) {
    const { status, body: { code } } = await act(staff, path, body);
    assert.deepEqual([status, code], [422, "validation_failed"], JSON.stringify(body));
  }
  const { status, body } = await staff.call("POST", `/support${path}`, { body: { amount: 1, reason } });
  assert.deepEqual([status, body.errors[0].path], [422, "Idempotency-Key"]);
  assert.deepEqual([...await linesAbout(person.id)], []);
  assert.equal((await entriesOf(person.id)).length, 1);
});

Deno.test("an action that is sent again with its key has one effect and one answer, also when sent at once", async () => {
  const [staff, colleague, person] = await Promise.all([newStaff(), newStaff(), newUser()]);
  const path = `/people/${person.id}/adjustments`;
  const key = crypto.randomUUID();
  const answers = await Promise.all(Array.from({ length: 5 }, () => act(staff, path, { amount: 5, reason }, key)));
  for (const { status, body } of answers) assert.deepEqual([status, body], [200, answers[0]!.body]);
  assert.equal(answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true").length, 4);
  assert.equal((await entriesOf(person.id)).length, 1);

  const other = await act(staff, path, { amount: 6, reason }, key);
  assert.deepEqual([other.status, other.body.code], [422, "idempotency_key_reused"]);
  // Another member of staff has keys of their own.
  assert.equal((await act(colleague, path, { amount: 5, reason }, key)).body.token, 10);
  assert.equal((await linesAbout(person.id)).length, 2);
});

Deno.test("a debit that was charged twice is given back once", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser({ token: 20 })]);
  await person.call("POST", "/tokens/deduct", { body: { amount: 7, reference: "export" } });
  const { body: twice } = await person.call("POST", "/tokens/deduct", { body: { amount: 7, reference: "export" } });
  const path = `/people/${person.id}/transactions/${twice.transaction_id}/reversal`;
  const { status, body } = await act(staff, path, { reason });
  assert.deepEqual([status, body.amount, body.token], [200, 7, 13]);
  const { kind, requested_by, metadata, reverses } = (await entriesOf(person.id)).at(-1)!;
  assert.deepEqual({ kind, requested_by, metadata, reverses }, {
    ...{ kind: "reversal", requested_by: "staff", metadata: { reason, actor: staff.id } },
    reverses: twice.transaction_id,
  });
  const again = await act(staff, path, { reason });
  assert.deepEqual([again.status, again.body.code], [409, "transaction_already_reversed"]);
  for (const id of ["999999999", "x"]) {
    const unknown = await act(staff, `/people/${person.id}/transactions/${id}/reversal`, { reason });
    assert.deepEqual([unknown.status, unknown.body.code], [404, "transaction_not_found"]);
  }
  const own = await act(staff, `/people/${person.id}/transactions/${body.transaction_id}/reversal`, { reason });
  assert.deepEqual([own.status, own.body.code], [409, "transaction_not_reversible"]);
  assert.equal((await actionOn(person.id)).action, "reverse");
});

Deno.test("a credit whose tokens are spent is taken back in part only where the staff says so", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser({ token: 20 })]);
  const [{ id } = { id: 0 }] = await entriesOf(person.id);
  await person.call("POST", "/tokens/deduct", { body: { amount: 15 } });
  const path = `/people/${person.id}/transactions/${id}/reversal`;
  const short = await act(staff, path, { reason });
  assert.deepEqual([short.status, short.body.code, short.body.token], [402, "insufficient_tokens", 5]);
  const { body } = await act(staff, path, { reason, allow_partial: true });
  assert.deepEqual([body.amount, body.token], [-5, 0]);
});

Deno.test("the staff releases a hold, whoever placed it, and its end says who and why", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser({ token: 20 })]);
  const { body: hold } = await asServer("POST", "/tokens/holds", { body: { user_id: person.id, amount: 15 } });
  const path = `/people/${person.id}/holds/${hold.id}/release`;
  const { status, body } = await act(staff, path, { reason });
  assert.deepEqual([status, body.amount, body.token, body.held], [200, 15, 20, 0]);
  const { kind, requested_by, metadata } = (await entriesOf(person.id)).at(-1)!;
  assert.deepEqual({ kind, requested_by, metadata }, {
    ...{ kind: "release", requested_by: "staff", metadata: { reason, actor: staff.id } },
  });
  const again = await act(staff, path, { reason });
  assert.deepEqual([again.status, again.body.code, again.body.hold.status], [409, "hold_settled", "released"]);
  const late = await asServer("POST", `/tokens/holds/${hold.id}/capture`, { body: { user_id: person.id } });
  assert.deepEqual([late.status, late.body.code], [409, "hold_settled"]);
  const unknown = await act(staff, `/people/${person.id}/holds/${crypto.randomUUID()}/release`, { reason });
  assert.deepEqual([unknown.status, unknown.body.code], [404, "hold_not_found"]);
});

Deno.test("an event under review is tried again when the staff says so, and credits once", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser()]);
  const purchase_id = await startPurchase(person.id);
  const { paid } = eventsOf(purchase_id);
  const event_id = crypto.randomUUID();
  await deliver({ ...paid, data: { ...paid.data, amount_minor: 700 } }, event_id);
  const event = { provider: "standard", event_id, reason };

  const still = await act(staff, "/events/retry", event);
  assert.deepEqual(still.body, { outcome: "review", review_reason: "amount_differs" });
  // The price had been changed after the provider's page was opened.
  await sql`update purchases set price_minor = 700 where id = ${purchase_id}`;
  const key = crypto.randomUUID();
  const first = await act(staff, "/events/retry", event, key);
  assert.deepEqual(first.body, { outcome: "applied", review_reason: null });
  const replayed = await act(staff, "/events/retry", event, key);
  assert.deepEqual([replayed.status, replayed.body], [200, first.body]);
  const again = await act(staff, "/events/retry", event);
  assert.deepEqual([again.status, again.body.code], [409, "event_not_in_review"]);
  const unknown = await act(staff, "/events/retry", { ...event, event_id: crypto.randomUUID() });
  assert.deepEqual([unknown.status, unknown.body.code], [404, "event_not_found"]);
  assert.equal((await person.call("GET", "/tokens")).body.token, 100);
  const tries = await linesAbout(person.id);
  assert.deepEqual(tries.map(({ action, subject }) => `${action} ${subject}`), [
    `retry standard ${event_id}`,
    `retry standard ${event_id}`,
  ]);
});

Deno.test("a payment whose webhook was lost is credited once the staff has the providers asked", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser()]);
  const { body: { checkout_url, purchase_id } } = await person.call("POST", "/payments/checkout", {
    body: { pack_id: "small" },
  });
  await (await fetch(checkout_url, { method: "POST", body: new URLSearchParams({ action: "pay_untold" }) })).text();
  const search = () => staff.call("POST", "/support/search", { body: { payment_id: `pay_${purchase_id}` } });
  assert.equal((await search()).status, 404);

  const key = crypto.randomUUID();
  const ask = () => act(staff, "/reconcile", { reason: "paid, and no webhook came" }, key);
  for (let answer = await ask(); !answer.body.is_done; answer = await ask()) assert.equal(answer.status, 200);
  const { body } = await search();
  assert.equal(body.people[0].user_id, person.id);
  assert.equal(body.events[0].found_by_reconciliation, true);
  assert.equal((await person.call("GET", "/tokens")).body.token, 100);
  const asked = await sql`select from support_log where staff_id = ${staff.id} and action = 'reconcile'`;
  assert.equal(asked.length, 1, "one line, however often it took");
});

Deno.test("nobody of the staff acts on their own account, by whatever action", async () => {
  const staff = await newStaff();
  await asServer("POST", "/tokens/add", { body: { user_id: staff.id, amount: 20 } });
  const { body: hold } = await staff.call("POST", "/tokens/holds", { body: { amount: 5 } });
  const [entry] = await entriesOf(staff.id);
  const event_id = crypto.randomUUID();
  const { paid } = eventsOf(await startPurchase(staff.id));
  await deliver({ ...paid, data: { ...paid.data, amount_minor: 1 } }, event_id);
  for (
    const [path, body] of [
      [`/people/${staff.id}/adjustments`, { amount: 1, reason }],
      [`/people/${staff.id}/transactions/${entry!.id}/reversal`, { reason }],
      [`/people/${staff.id}/holds/${hold.id}/release`, { reason }],
      ["/events/retry", { provider: "standard", event_id, reason }],
    ] as const
  ) {
    const { status, body: { code } } = await act(staff, path, body);
    assert.deepEqual([status, code], [403, "own_account"], path);
  }
  assert.equal((await entriesOf(staff.id)).length, 2);
});

Deno.test("what the wallet refuses is refused to the staff, and leaves no line", async () => {
  const [staff, person] = await Promise.all([newStaff(), newUser({ token: 3 })]);
  const { status, body } = await act(staff, `/people/${person.id}/adjustments`, { amount: -4, reason });
  assert.deepEqual([status, body.code, body.token], [402, "insufficient_tokens", 3]);
  const nobody = await act(staff, `/people/${crypto.randomUUID()}/adjustments`, { amount: 1, reason });
  assert.deepEqual([nobody.status, nobody.body.code], [404, "user_not_found"]);
  assert.deepEqual([...await linesAbout(person.id)], []);
});

Deno.test("an action that waited for the wallet while its session was signed out does nothing", async () => {
  await using operator = connectDatabase(stack, 1);
  /** What the action came to; undefined where it gave up waiting before the session ended. */
  async function attempt(staff: Staff, user_id: string): Promise<string | undefined> {
    let done: Promise<string> | undefined;
    await operator.begin(async (transaction) => {
      await transaction`select from user_tokens where user_id = ${user_id} for update`;
      done = act(staff, `/people/${user_id}/adjustments`, { amount: 1, reason }).then(({ body }) =>
        body.code ?? "done"
      );
      const waiting = () =>
        sql`
        select from pg_stat_activity where wait_event_type = 'Lock' and query like '%support_adjust%'
      `;
      while ((await waiting()).length === 0);
      await sql`delete from auth.sessions where user_id = ${staff.id}`;
    });
    const code = await done!;
    return code === "wallet_busy" ? undefined : code;
  }
  const person = await newUser();
  let code: string | undefined;
  while ((code = await attempt(await newStaff(), person.id)) === undefined);
  assert.equal(code, "session_ended");
  assert.deepEqual([...await entriesOf(person.id)], []);
});

Deno.test("the books are right after all of this", async () => {
  assert.deepEqual(await ledgerProblems(), []);
});
