// Goal: an account's whole life: codes by mail, passwords, sessions, deletion. Method: HTTP, a fresh user per test.
import assert from "node:assert/strict";
import { codeFor, mailsTo } from "../support/mail.ts";
import { asServer, call, callAs, ledgerProblems, newUser, sql, stack, type TestUser } from "../support/stack.ts";

const [password, new_password] = ["correct horse battery", "a much better one"];
const spend = { body: { amount: 1 } };

async function signIn({ email }: Pick<TestUser, "email">, password: string) {
  const { status, body } = await call("POST", "/auth/signin", { body: { email, password } });
  return { status, body, call: callAs(body.access_token) };
}

Deno.test("a new password takes the current one, and ends the other sessions", async () => {
  const user = await newUser({ token: 10 });
  const other = await signIn(user, password);
  const change = (current_password: string, password: string) =>
    user.call("PUT", "/auth/password", { body: { current_password, password } });
  const wrong = await change("wrong password", new_password);
  assert.deepEqual([wrong.status, wrong.body.code], [401, "invalid_credentials"]);
  const weak = await change(password, "short");
  assert.deepEqual([weak.status, weak.body.code, weak.body.reasons], [422, "weak_password", ["length"]]);
  assert.equal((await change(password, password)).body.code, "same_password");
  assert.equal((await other.call("POST", "/tokens/deduct", spend)).status, 200);

  assert.equal((await change(password, new_password)).status, 204);
  assert.equal((await other.call("POST", "/tokens/deduct", spend)).body.code, "session_ended");
  const refreshed = await call("POST", "/auth/refresh", { body: { refresh_token: other.body.refresh_token } });
  assert.equal(refreshed.status, 401);
  assert.equal((await user.call("POST", "/tokens/deduct", spend)).status, 200);
  assert.equal((await signIn(user, password)).status, 401);
  assert.equal((await signIn(user, new_password)).status, 200);
  // The check of the current password leaves no session behind.
  assert.equal((await user.call("GET", "/auth/sessions")).body.sessions.length, 2);
});

Deno.test("a session that was signed out or is past its end can neither change the password nor delete the account", async () => {
  const [left, expired] = await Promise.all([newUser(), newUser()]);
  await left.call("POST", "/auth/signout");
  await sql`update auth.sessions set not_after = now() - interval '1 minute' where user_id = ${expired.id}`;
  for (const user of [left, expired]) {
    const body = { current_password: password, password: new_password };
    assert.equal((await user.call("PUT", "/auth/password", { body })).body.code, "session_ended");
    assert.equal((await user.call("DELETE", "/auth/user", { body: { password } })).body.code, "session_ended");
    assert.equal((await signIn(user, password)).status, 200);
  }
});

Deno.test("a forgotten password is set anew with the code of the mail, once, and all sessions end", async () => {
  const user = await newUser({ token: 10 });
  const { email } = user;
  const unknown = `${crypto.randomUUID()}@example.com`;
  for (const address of [email, unknown]) {
    const { status, body } = await call("POST", "/auth/password/forgot", { body: { email: address } });
    assert.deepEqual([status, body], [202, { email: address }]);
  }
  assert.equal((await mailsTo(unknown)).length, 0);
  const code = await codeFor(email);
  const reset = (email: string, code: string) =>
    call("POST", "/auth/password/reset", { body: { email, code, password: new_password } });
  const wrong_code = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
  for (const [address, attempt] of [[email, wrong_code], [unknown, code]] as const) {
    const { status, body } = await reset(address, attempt);
    assert.deepEqual([status, body.code], [401, "invalid_code"]);
  }
  const { status, body } = await reset(email, code);
  assert.deepEqual([status, body.token, body.user], [200, 10, { id: user.id, email }]);
  assert.equal((await user.call("POST", "/tokens/deduct", spend)).body.code, "session_ended");
  assert.equal((await callAs(body.access_token)("POST", "/tokens/deduct", spend)).status, 200);
  assert.equal((await reset(email, code)).body.code, "invalid_code");
  assert.equal((await signIn(user, password)).status, 401);
  assert.equal((await signIn(user, new_password)).status, 200);
});

Deno.test("a reset whose password is refused leaves the old password and no session behind", async () => {
  const user = await newUser();
  const { email } = user;
  await call("POST", "/auth/password/forgot", { body: { email } });
  const refused = await call("POST", "/auth/password/reset", { body: { email, code: await codeFor(email), password } });
  assert.deepEqual([refused.status, refused.body.code], [422, "same_password"]);
  assert.equal((await user.call("GET", "/auth/sessions")).body.sessions.length, 1);
  assert.equal((await signIn(user, password)).status, 200);
});

Deno.test("a user sees their sessions and ends one, and nobody else's", async () => {
  const user = await newUser({ token: 10 });
  const other = await signIn(user, password);
  const list = async () => (await user.call("GET", "/auth/sessions")).body.sessions;
  const sessions = await list();
  assert.equal(sessions.length, 2);
  const [ended] = sessions.filter(({ is_current }: { is_current: boolean }) => !is_current);
  const stranger = await newUser();
  const [foreign] = (await stranger.call("GET", "/auth/sessions")).body.sessions;
  assert.equal(foreign.is_current, true);
  for (const id of [foreign.id, crypto.randomUUID(), "me"]) {
    const refused = await user.call("DELETE", `/auth/sessions/${id}`);
    assert.deepEqual([refused.status, refused.body.code], [404, "session_not_found"]);
  }
  assert.equal((await user.call("DELETE", `/auth/sessions/${ended.id}`)).status, 204);
  assert.equal((await other.call("POST", "/tokens/deduct", spend)).body.code, "session_ended");
  assert.equal((await other.call("DELETE", `/auth/sessions/${sessions[0].id}`)).body.code, "session_ended");
  assert.deepEqual((await list()).map(({ is_current }: { is_current: boolean }) => is_current), [true]);
  assert.equal((await stranger.call("GET", "/auth/sessions")).body.sessions.length, 1);
});

Deno.test("a session past its end is not listed", async () => {
  const user = await newUser();
  const { body } = await signIn(user, password);
  const [current] = (await callAs(body.access_token)("GET", "/auth/sessions")).body.sessions;
  await sql`update auth.sessions set not_after = now() - interval '1 minute' where id = ${current.id}`;
  const { sessions } = (await user.call("GET", "/auth/sessions")).body;
  assert.deepEqual(sessions.map(({ id }: { id: string }) => id === current.id), [false]);
});

Deno.test("a user deletes the account with the password, and the books are closed without a name", async () => {
  const user = await newUser({ token: 10 });
  const hold = await user.call("POST", "/tokens/holds", { body: { amount: 3, reference: "render" } });
  assert.equal(hold.status, 201);
  await user.call("POST", "/profile", { body: { profile_data: { name: "Ada" } } });
  const wrong = await user.call("DELETE", "/auth/user", { body: { password: "wrong password" } });
  assert.deepEqual([wrong.status, wrong.body.code], [401, "invalid_credentials"]);
  assert.equal((await user.call("GET", "/tokens")).body.token, 7);

  assert.equal((await user.call("DELETE", "/auth/user", { body: { password } })).status, 204);
  assert.equal((await signIn(user, password)).status, 401);
  assert.equal((await user.call("POST", "/tokens/deduct", spend)).body.code, "user_not_found");
  assert.equal((await asServer("GET", `/tokens?user_id=${user.id}`)).body.code, "user_not_found");
  for (const table of ["profiles", "user_tokens", "token_transactions", "token_holds"]) {
    assert.equal((await sql`select from ${sql(table)} where user_id = ${user.id}`).length, 0, table);
  }
  assert.deepEqual(await ledgerProblems(), []);
  assert.equal((await call("POST", "/auth/signup", { body: { email: user.email, password } })).status, 201);
});

Deno.test("the admin API of Auth opens to the secret key alone", async () => {
  const user = await newUser();
  const path = `/auth/v1/admin/users/${user.id}`;
  const refused = await user.call("DELETE", path);
  assert.ok([401, 403].includes(refused.status), String(refused.status));
  assert.equal((await signIn(user, password)).status, 200);
  assert.equal((await asServer("DELETE", path)).status, 200);
  assert.equal((await signIn(user, password)).status, 401);
});

Deno.test("the mails of Auth are shown at /mail/", async () => {
  const user = await newUser();
  await call("POST", "/auth/password/forgot", { body: { email: user.email } });
  const response = await fetch(`${stack.url}/mail/`);
  assert.match(response.headers.get("content-type")!, /^text\/html/);
  const page = await response.text();
  assert.ok(page.includes(user.email) && page.includes(await codeFor(user.email)));
});

Deno.test("where it is asked for, a session without the second factor that its account has cannot spend", async () => {
  const [guarded, plain] = await Promise.all([newUser({ token: 10 }), newUser({ token: 10 })]);
  await sql`
    insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
    values (gen_random_uuid(), ${guarded.id}, 'totp', 'unverified', now(), now())
  `;
  const deduct = ({ id }: TestUser, headers: Record<string, string>) =>
    sql.begin(async (sql) => {
      await sql`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
      const [session] = await sql`select id from auth.sessions where user_id = ${id}`;
      await sql`select * from adjust_tokens(${id}, -1, 'deduct', p_session_id => ${session!.id})`;
    });
  const asked = { "x-require-aal2": "true" };
  await deduct(guarded, asked);
  await sql`update auth.mfa_factors set status = 'verified' where user_id = ${guarded.id}`;
  await assert.rejects(deduct(guarded, asked), /insufficient_aal/);
  await deduct(guarded, {});
  await deduct(plain, asked);
  await sql`update auth.sessions set aal = 'aal2' where user_id = ${guarded.id}`;
  await deduct(guarded, asked);
  assert.equal((await guarded.call("GET", "/tokens")).body.token, 7);
  assert.equal((await guarded.call("GET", "/auth/sessions")).body.sessions[0].aal, "aal2");
});

Deno.test("the export has all that is stored about the caller, in portions that miss and repeat nothing", async () => {
  const [user, stranger] = await Promise.all([newUser({ token: 2_000 }), newUser({ token: 1 })]);
  await user.call("POST", "/profile", { body: { profile_data: { name: "Ada" } } });
  const { body: hold } = await user.call("POST", "/tokens/holds", { body: { amount: 3 } });
  const { body: checkout } = await user.call("POST", "/payments/checkout", { body: { pack_id: "small" } });
  await sql`
    insert into payment_events (provider, event_id, purchase_id, fact, livemode, occurred_at, payload)
    values ('standard', ${crypto.randomUUID()}, ${checkout.purchase_id}, 'failed', false, now(), '{"of": "Ada"}')
  `;
  await sql`select adjust_tokens(${user.id}, -1, 'deduct') from generate_series(1, 1_200)`;
  const { status, headers, body } = await user.call("GET", "/auth/export");
  assert.equal(status, 200);
  assert.match(headers.get("content-disposition")!, /attachment/);
  assert.equal(body.account.email, user.email);
  assert.equal(body.account.encrypted_password, undefined);
  assert.deepEqual(body.profile.profile_data, { name: "Ada" });
  assert.deepEqual([body.wallet.token, body.sessions.length], [797, 1]);
  const entries = await sql`select id from token_transactions where user_id = ${user.id} order by id`;
  assert.equal(entries.length, 1_202);
  assert.deepEqual(body.transactions.map(({ id }: { id: number }) => id), entries.map(({ id }) => id));
  assert.deepEqual(body.holds.map(({ id }: { id: string }) => id), [hold.id]);
  assert.deepEqual(body.purchases.map(({ id }: { id: string }) => id), [checkout.purchase_id]);
  assert.deepEqual(body.payment_events.map(({ payload }: { payload: unknown }) => payload), [{ of: "Ada" }]);
  const text = JSON.stringify(body);
  assert.ok(!text.includes(stranger.id) && !text.includes("request_hash"));
  await user.call("POST", "/auth/signout");
  assert.equal((await user.call("GET", "/auth/export")).body.code, "session_ended");
});

Deno.test("the export leaves out no table that has rows of users", async () => {
  const { body } = await (await newUser()).call("GET", "/auth/export");
  const tables = await sql`
    select table_name::text as name from information_schema.columns as c
    join information_schema.tables as t using (table_schema, table_name)
    where c.table_schema = 'public' and c.column_name = 'user_id' and t.table_type = 'BASE TABLE'
  `;
  const parts: Record<string, string> = {
    profiles: "profile",
    user_tokens: "wallet",
    token_transactions: "transactions",
    token_holds: "holds",
  };
  const missing = tables.map(({ name }) => parts[name] ?? name).filter((part) => !(part in body));
  assert.deepEqual(missing, []);
});
