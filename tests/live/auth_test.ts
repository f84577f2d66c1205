// Goal: the account routes of the contract against real Auth. Method: HTTP, a fresh user per test.
import assert from "node:assert/strict";
import { asServer, call, callAs, newUser, publishable_key, sql, stack } from "../support/stack.ts";

const password = "correct horse battery";

Deno.test("signup creates a user with a wallet and answers a session that works", async () => {
  const email = `${crypto.randomUUID()}@example.com`;
  const { status, body } = await call("POST", "/auth/signup", { body: { email, password, metadata: { plan: "pro" } } });
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(body), [
    "access_token",
    "refresh_token",
    "token_type",
    "expires_in",
    "expires_at",
    "user",
    "token",
  ]);
  assert.equal(body.token, 0);
  assert.equal(body.token_type, "bearer");
  assert.equal(body.user.email, email);
  const [wallet] = await sql`select token, held from user_tokens where user_id = ${body.user.id}`;
  assert.deepEqual({ ...wallet }, { token: 0, held: 0 });
  const user = await callAs(body.access_token)("GET", "/auth/user");
  assert.equal(user.status, 200);
  assert.equal(user.body.id, body.user.id);
  assert.equal(user.body.email, email);
  assert.equal(user.body.token, 0);
  assert.match(user.body.token_updated_at, /^\d{4}-\d\d-\d\dT/);
});

Deno.test("signup of a known address answers 409, and does not tell the password apart", async () => {
  const { email } = await newUser();
  for (const attempt of [password, "another password"]) {
    const { status, body } = await call("POST", "/auth/signup", { body: { email, password: attempt } });
    assert.equal(status, 409);
    assert.equal(body.code, "user_already_exists");
  }
});

Deno.test("of parallel sign-ups with one address one gets through, and the others are told that it is taken", async () => {
  const body = { email: `${crypto.randomUUID()}@example.com`, password };
  const answers = await Promise.all(Array.from({ length: 8 }, () => call("POST", "/auth/signup", { body })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)]);
});

Deno.test("signup with a weak password answers 422 with reasons, and makes no user", async () => {
  const email = `${crypto.randomUUID()}@example.com`;
  const { status, body } = await call("POST", "/auth/signup", { body: { email, password: "short" } });
  assert.equal(status, 422);
  assert.equal(body.code, "weak_password");
  assert.deepEqual(body.reasons, ["length"]);
  assert.equal((await sql`select from auth.users where email = ${email}`).length, 0);
});

Deno.test("a sign-up survives a wallet that cannot be born with it, and opens one all the same", async () => {
  await sql`alter table auth.users disable trigger open_wallet`;
  try {
    const user = await newUser();
    assert.equal((await sql`select from user_tokens where user_id = ${user.id}`).length, 1);
  } finally {
    await sql`alter table auth.users enable trigger open_wallet`;
  }
});

Deno.test("a user without a wallet has a balance of 0, and can be credited", async () => {
  const user = await newUser();
  await sql`delete from user_tokens where user_id = ${user.id}`;
  assert.equal((await user.call("GET", "/tokens")).body.token, 0);
  await sql`delete from user_tokens where user_id = ${user.id}`;
  const { status, body } = await asServer("POST", "/tokens/add", { body: { user_id: user.id, amount: 5 } });
  assert.equal(status, 200);
  assert.equal(body.token, 5);
});

Deno.test("signin answers a session with the current balance", async () => {
  const { email } = await newUser({ token: 7 });
  const { status, body } = await call("POST", "/auth/signin", { body: { email, password } });
  assert.equal(status, 200);
  assert.equal(body.token, 7);
  assert.equal((await callAs(body.access_token)("GET", "/tokens")).body.token, 7);
});

Deno.test("signin takes a wrong password and an unknown address for the same", async () => {
  const { email } = await newUser();
  const wrong = await call("POST", "/auth/signin", { body: { email, password: "wrong password" } });
  const unknown = await call("POST", "/auth/signin", {
    body: { email: `${crypto.randomUUID()}@example.com`, password },
  });
  for (const { status, body, headers } of [wrong, unknown]) {
    assert.equal(status, 401);
    assert.equal(body.code, "invalid_credentials");
    assert.match(headers.get("www-authenticate")!, /^Bearer/);
  }
  assert.equal(wrong.body.detail, unknown.body.detail);
});

Deno.test("refresh trades a token for a new session, and an unknown one for 401", async () => {
  const user = await newUser({ token: 3 });
  const { status, body } = await call("POST", "/auth/refresh", { body: { refresh_token: user.refresh_token } });
  assert.equal(status, 200);
  assert.equal(body.token, 3);
  assert.notEqual(body.refresh_token, user.refresh_token);
  assert.equal((await callAs(body.access_token)("GET", "/auth/user")).status, 200);
  const unknown = await call("POST", "/auth/refresh", { body: { refresh_token: "unknown" } });
  assert.equal(unknown.status, 401);
  assert.equal(unknown.body.code, "invalid_refresh_token");
});

Deno.test("signout ends the current session only, answers 204 each time, and its token cannot spend", async () => {
  const user = await newUser({ token: 10 });
  const other = await call("POST", "/auth/signin", { body: { email: user.email, password } });
  for (let times = 0; times < 2; times++) assert.equal((await user.call("POST", "/auth/signout")).status, 204);
  const spend = { body: { amount: 1 } };
  const refused = await user.call("POST", "/tokens/deduct", spend);
  assert.equal(refused.status, 401);
  assert.equal(refused.body.code, "session_ended");
  assert.equal((await user.call("POST", "/tokens/holds", spend)).body.code, "session_ended");
  assert.equal((await callAs(other.body.access_token)("POST", "/tokens/deduct", spend)).status, 200);
  const refreshed = await call("POST", "/auth/refresh", { body: { refresh_token: user.refresh_token } });
  assert.equal(refreshed.status, 401);
});

Deno.test("signout ends all sessions or all others, as asked", async () => {
  const user = await newUser({ token: 10 });
  const second = await call("POST", "/auth/signin", { body: { email: user.email, password } });
  const spend = { body: { amount: 1 } };
  assert.equal((await user.call("POST", "/auth/signout?scope=others")).status, 204);
  assert.equal((await callAs(second.body.access_token)("POST", "/tokens/deduct", spend)).status, 401);
  assert.equal((await user.call("POST", "/tokens/deduct", spend)).status, 200);
  assert.equal((await user.call("POST", "/auth/signout?scope=global")).status, 204);
  assert.equal((await user.call("POST", "/tokens/deduct", spend)).status, 401);
});

Deno.test("a session of somebody else does not let a token spend", async () => {
  const [ada, bob] = await Promise.all([newUser({ token: 10 }), newUser()]);
  const session_of = (token: string) =>
    JSON.parse(atob(token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/"))).session_id;
  await assert.rejects(
    sql`select * from adjust_tokens(${ada.id}, -1, 'deduct', p_session_id => ${session_of(bob.access_token)})`,
    /session_ended/,
  );
});

Deno.test("health answers anyone", async () => {
  for (const name of ["auth", "payments", "profile", "tokens"]) {
    const { status, body } = await call("GET", `/${name}/health`);
    assert.equal(status, 200);
    assert.deepEqual(body, { status: "ok" });
  }
});

Deno.test("tokens look as the platform's: ES256, with a key id that the JWKS knows", async () => {
  const { access_token } = await newUser();
  const header = JSON.parse(atob(access_token.split(".")[0]!));
  assert.equal(header.alg, "ES256");
  const jwks = await (await fetch(`${stack.url}/auth/v1/.well-known/jwks.json`)).json();
  assert.ok(jwks.keys.some((key: { kid: string }) => key.kid === header.kid));
  assert.ok(jwks.keys.every((key: { d?: string }) => key.d === undefined));
  const forged = await call("GET", "/rest/v1/user_tokens?select=token", {
    headers: { apikey: publishable_key, authorization: `Bearer ${access_token.slice(0, -4)}AAAA` },
  });
  assert.equal(forged.status, 401);
});

Deno.test("an address of 256 characters and a password of 73 bytes answer 422; 255 and 72 sign up and in", async () => {
  const emailOf = (characters: number) => crypto.randomUUID().padEnd(characters - 12, "x") + "@example.com";
  const bytes_72 = "é".repeat(36);
  const [email, long_email] = [emailOf(255), emailOf(256)];
  assert.equal((await call("POST", "/auth/signup", { body: { email, password: bytes_72 } })).status, 201);
  assert.equal((await call("POST", "/auth/signin", { body: { email, password: bytes_72 } })).status, 200);
  assert.equal((await call("POST", "/auth/signin", { body: { email, password: "é".repeat(35) } })).status, 401);
  for (
    const [body, path] of [
      [{ email: long_email, password }, "email"],
      [{ email: emailOf(1_000), password }, "email"],
      [{ email, password: bytes_72 + "x" }, "password"],
    ] as const
  ) {
    const { status, body: problem } = await call("POST", "/auth/signup", { body });
    assert.equal(status, 422);
    assert.equal(problem.errors[0].path, path);
  }
});

Deno.test("a user has at most 100 sessions: a sign-in ends the oldest", async () => {
  const user = await newUser();
  await sql`
    insert into auth.sessions (id, user_id, created_at, updated_at)
    select gen_random_uuid(), ${user.id}, now() - n * interval '1 minute', now() from generate_series(1, 150) as n
  `;
  const { status, body } = await call("POST", "/auth/signin", { body: { email: user.email, password } });
  assert.equal(status, 200);
  const [sessions] = await sql`
    select count(*)::integer, min(created_at) > now() - interval '100 minutes' as newest
    from auth.sessions where user_id = ${user.id}
  `;
  assert.deepEqual({ ...sessions }, { count: 100, newest: true });
  assert.equal((await callAs(body.access_token)("POST", "/tokens/deduct", { body: { amount: 1 } })).status, 402);
});
