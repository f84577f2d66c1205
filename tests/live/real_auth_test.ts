// Goal: what only the real Auth does (github.com/supabase/auth) is answered as documented. Method: a stack that was
// started with --auth; on @supabase/lite these are skipped, since it has no bans, no reuse interval and no second factor.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { codeFor } from "../support/mail.ts";
import { asServer, call, callAs, newUser, publishable_key, sql } from "../support/stack.ts";

const [{ is_real } = { is_real: false }] = await sql`
  select to_regclass('auth.schema_migrations') is not null as is_real
`;
const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !is_real, fn });

const [password, new_password] = ["correct horse battery", "a much better one"];
const spend = { body: { amount: 1 } };
const refresh = (refresh_token: string) => call("POST", "/auth/refresh", { body: { refresh_token } });
const signIn = (email: string, password: string) => call("POST", "/auth/signin", { body: { email, password } });

test("a refresh token that is sent again in time gives the session it gave, and later none", async () => {
  const user = await newUser();
  const first = await refresh(user.refresh_token);
  const again = await refresh(user.refresh_token);
  assert.deepEqual([first.status, again.status], [200, 200]);
  assert.equal(again.body.refresh_token, first.body.refresh_token);
  assert.equal((await refresh(first.body.refresh_token)).status, 200);
  await sql`update auth.refresh_tokens set updated_at = now() - interval '1 hour' where user_id = ${user.id}`;
  const late = await refresh(user.refresh_token);
  assert.deepEqual([late.status, late.body.code], [401, "invalid_refresh_token"]);
});

test("refreshes of one session at once all get the same next token", async () => {
  const user = await newUser();
  const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(user.refresh_token)));
  assert.deepEqual(answers.map(({ status }) => status), Array(8).fill(200));
  assert.equal(new Set(answers.map(({ body }) => body.refresh_token)).size, 1);
});

test("a refresh that cannot get hold of its session answers 409", async () => {
  const user = await newUser();
  const answer = await sql.begin(async (sql) => {
    await sql`select from auth.refresh_tokens where user_id = ${user.id} for update`;
    await sql`select from auth.sessions where user_id = ${user.id} for update`;
    return await refresh(user.refresh_token);
  });
  assert.deepEqual([answer.status, answer.body.code], [409, "auth_conflict"]);
  assert.equal((await refresh(user.refresh_token)).status, 200);
});

test("a banned user is told nothing else than somebody with a wrong password, token or code", async () => {
  const user = await newUser({ token: 10 });
  await call("POST", "/auth/password/forgot", { body: { email: user.email } });
  const code = await codeFor(user.email);
  await sql`update auth.users set banned_until = now() + interval '1 hour' where id = ${user.id}`;
  for (const attempt of [password, "wrong password"]) {
    assert.equal((await signIn(user.email, attempt)).body.code, "invalid_credentials");
  }
  assert.equal((await refresh(user.refresh_token)).body.code, "invalid_refresh_token");
  const reset = { body: { email: user.email, code, password: new_password } };
  assert.equal((await call("POST", "/auth/password/reset", reset)).body.code, "invalid_code");
  assert.equal((await user.call("POST", "/tokens/deduct", spend)).body.code, "session_ended");
  assert.equal((await user.call("DELETE", "/auth/user", { body: { password } })).body.code, "session_ended");
});

test("a user whom the admin API deletes softly can do nothing any more, and the address is free", async () => {
  const user = await newUser({ token: 10 });
  const body = { should_soft_delete: true };
  assert.equal((await asServer("DELETE", `/auth/v1/admin/users/${user.id}`, { body })).status, 200);
  assert.equal((await signIn(user.email, password)).body.code, "invalid_credentials");
  assert.equal((await refresh(user.refresh_token)).body.code, "invalid_refresh_token");
  assert.equal((await user.call("POST", "/tokens/deduct", spend)).body.code, "session_ended");
  assert.equal((await call("POST", "/auth/signup", { body: { email: user.email, password } })).status, 201);
});

test("the second factor that an account has is taken for a new password, by whatever way, and for its deletion", async () => {
  const user = await newUser({ token: 10 });
  const { body: factor } = await user.call("POST", "/auth/v1/factors", { body: { factor_type: "totp" } });
  const { body: challenge } = await user.call("POST", `/auth/v1/factors/${factor.id}/challenge`, { body: {} });
  const answer = { challenge_id: challenge.id, code: timeCode(factor.totp.secret) };
  const { body: stronger } = await user.call("POST", `/auth/v1/factors/${factor.id}/verify`, { body: answer });
  const weaker = callAs((await signIn(user.email, password)).body.access_token);
  const change = { body: { current_password: password, password: new_password } };
  assert.equal((await weaker("PUT", "/auth/password", change)).body.code, "insufficient_aal");
  assert.equal((await weaker("DELETE", "/auth/user", { body: { password } })).body.code, "insufficient_aal");
  await call("POST", "/auth/password/forgot", { body: { email: user.email } });
  const reset = { body: { email: user.email, code: await codeFor(user.email), password: new_password } };
  assert.equal((await call("POST", "/auth/password/reset", reset)).body.code, "insufficient_aal");
  // What it may spend is up to REQUIRE_AAL2.
  assert.equal((await weaker("POST", "/tokens/deduct", spend)).status, 200);
  const stronger_call = callAs(stronger.access_token);
  assert.equal((await stronger_call("PUT", "/auth/password", change)).status, 204);
  assert.equal((await stronger_call("DELETE", "/auth/user", { body: { password: new_password } })).status, 204);
});

test("sign-ins are counted by the address that a server vouches for, and by none that a client names", async () => {
  // 30 at once, and one more every two seconds.
  const max_attempts = 100;
  const address = `2001:db8::${crypto.randomUUID().slice(0, 4)}:${crypto.randomUUID().slice(0, 4)}`;
  const attempt = async (headers: Record<string, string>) => {
    const path = "/auth/v1/token?grant_type=password";
    const body = { email: "nobody@example.com", password };
    return (await asServer("POST", path, { body, headers: { "sb-forwarded-for": address, ...headers } })).status;
  };
  let attempts = 0;
  while (await attempt({}) === 400 && attempts < max_attempts) attempts++;
  assert.ok(attempts >= 30 && attempts < max_attempts, String(attempts));
  assert.equal(await attempt({ "sb-forwarded-for": "192.0.2.99" }), 400);
  assert.equal(await attempt({ apikey: publishable_key }), 400);
});

test("a session is listed with the program that opened it", async () => {
  const user = await newUser();
  const headers = { "user-agent": "Wallet/1.0" };
  const { body } = await call("POST", "/auth/signin", { body: { email: user.email, password }, headers });
  const { sessions } = (await callAs(body.access_token)("GET", "/auth/sessions")).body;
  assert.deepEqual(
    sessions.filter(({ is_current }: { is_current: boolean }) => is_current)
      .map(({ user_agent, aal }: { user_agent: string; aal: string }) => [user_agent, aal]),
    [["Wallet/1.0", "aal1"]],
  );
});

/** The code of the moment for a secret in base 32 (RFC 6238). */
function timeCode(secret: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replaceAll("=", "")].map((character) =>
    alphabet.indexOf(character).toString(2).padStart(5, "0")
  );
  const key = Uint8Array.from(bits.join("").match(/.{8}/g)!, (byte) => parseInt(byte, 2));
  const counter = new DataView(new ArrayBuffer(8));
  counter.setUint32(4, Math.floor(Date.now() / 30_000));
  const digest = createHmac("sha1", key).update(new Uint8Array(counter.buffer)).digest();
  return String((digest.readUInt32BE(digest[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
