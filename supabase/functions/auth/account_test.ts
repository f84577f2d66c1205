// Goal: what changes or ends an account takes more than an access token. Method: Auth stubbed, its calls counted.
import assert from "node:assert/strict";
import {
  asUser,
  json,
  platform_environment,
  secret_key,
  session_id,
  stubUpstream,
  user_id,
} from "../_testing/upstream.ts";
import { createAuth } from "./index.ts";
import { readAuthSettings } from "./settings.ts";

const app = createAuth(readAuthSettings(platform_environment));
const email = "ada@example.com";
const [password, new_password] = ["correct horse battery", "a much better one"];
const session = {
  access_token: "ey.access.token",
  refresh_token: "refresh",
  token_type: "bearer",
  expires_in: 3600,
  expires_at: 1_800_000_000,
  user: { id: user_id, email },
};
const account = { id: user_id, email, factors: null };
const refusal = (status: number, code: string) => Response.json({ code, message: "prose" }, { status });

/** Auth as it answers when all is well, save for what is overridden by method and path. */
function stubAuth(overrides: Record<string, () => Response> = {}) {
  const answers: Record<string, () => Response> = {
    "GET /auth/v1/user": () => Response.json(account),
    "PUT /auth/v1/user": () => Response.json(account),
    "POST /auth/v1/token?grant_type=password": () => Response.json(session),
    "POST /auth/v1/verify": () => Response.json(session),
    "POST /auth/v1/recover": () => Response.json({}),
    "POST /auth/v1/logout?scope=local": () => new Response(null, { status: 204 }),
    "POST /auth/v1/logout?scope=others": () => new Response(null, { status: 204 }),
    [`DELETE /auth/v1/admin/users/${user_id}`]: () => Response.json({}),
    "POST /rest/v1/rpc/record_sign_in": () => Response.json({ token: 7, held: 0, debt: 0, updated_at: "" }),
    "POST /rest/v1/rpc/require_session": () => new Response(null, { status: 204 }),
    "POST /rest/v1/rpc/end_session": () => new Response(null, { status: 204 }),
    ...overrides,
  };
  const upstream = stubUpstream(({ method, path }) => answers[`${method} ${path}`]!());
  const paths = () => upstream.calls.map(({ method, path }) => `${method} ${path.replace(/^\/(auth|rest)\/v1\//, "")}`);
  return Object.assign(upstream, { paths });
}

async function ask(method: string, path: string, body: unknown, token: Record<string, unknown> | undefined = {}) {
  const response = await app.request(`/auth/${path}`, json(method, body, await asUser(token)));
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

const change = { current_password: password, password: new_password };

Deno.test("a new password takes the current one, and ends the other sessions and that of the check", async () => {
  using auth = stubAuth();
  assert.equal((await ask("PUT", "password", change)).status, 204);
  assert.deepEqual(auth.paths(), [
    "POST rpc/require_session",
    "GET user",
    "POST token?grant_type=password",
    "POST logout?scope=local",
    "PUT user",
    "POST logout?scope=others",
  ]);
  const [, , check, end, put] = auth.calls;
  assert.deepEqual([check!.body.email, check!.body.password], [email, password]);
  // The person solved a CAPTCHA when they signed in: none is asked for here.
  assert.equal(check!.headers.get("apikey"), secret_key);
  assert.equal(end!.headers.get("authorization"), `Bearer ${session.access_token}`);
  assert.deepEqual(put!.body, { password: new_password, current_password: password });
  assert.notEqual(put!.headers.get("authorization"), `Bearer ${session.access_token}`);
});

Deno.test("a wrong password changes and deletes nothing", async () => {
  const wrong = { "POST /auth/v1/token?grant_type=password": () => refusal(400, "invalid_credentials") };
  for (const [method, path, body] of [["PUT", "password", change], ["DELETE", "user", { password }]] as const) {
    using auth = stubAuth(wrong);
    const answer = await ask(method, path, body);
    assert.deepEqual([answer.status, answer.body.code], [401, "invalid_credentials"]);
    assert.deepEqual(auth.paths(), ["POST rpc/require_session", "GET user", "POST token?grant_type=password"]);
  }
});

Deno.test("a session that has ended cannot try passwords", async () => {
  for (const code of ["session_not_found", "user_not_found", "user_banned", "session_expired"]) {
    using auth = stubAuth({ "GET /auth/v1/user": () => refusal(403, code) });
    const answer = await ask("PUT", "password", change);
    assert.deepEqual([answer.status, answer.body.code], [401, "session_ended"]);
    assert.deepEqual(auth.paths(), ["POST rpc/require_session", "GET user"]);
  }
  // Past its end, it is one to Auth until it refreshes.
  const refused = { code: "PT401", message: "session_ended", details: null, hint: null };
  using auth = stubAuth({ "POST /rest/v1/rpc/require_session": () => Response.json(refused, { status: 401 }) });
  assert.equal((await ask("DELETE", "user", { password })).body.code, "session_ended");
  assert.equal(auth.calls.length, 1);
});

Deno.test("an account with a second factor takes it for a new password and for its deletion", async () => {
  const factors = [{ status: "unverified" }, { status: "verified" }];
  const guarded = { "GET /auth/v1/user": () => Response.json({ ...account, factors }) };
  for (const [method, path, body] of [["PUT", "password", change], ["DELETE", "user", { password }]] as const) {
    using auth = stubAuth(guarded);
    const refused = await ask(method, path, body, { aal: "aal1" });
    assert.deepEqual([refused.status, refused.body.code], [403, "insufficient_aal"]);
    assert.deepEqual(auth.paths(), ["POST rpc/require_session", "GET user"]);
    assert.equal((await ask(method, path, body, { aal: "aal2" })).status, 204);
  }
  using _ = stubAuth({ "GET /auth/v1/user": () => Response.json({ ...account, factors: factors.slice(0, 1) }) });
  assert.equal((await ask("PUT", "password", change, { aal: "aal1" })).status, 204);
});

Deno.test("what Auth says to a new password is passed on", async () => {
  const cases: [Response, number, string][] = [
    [refusal(422, "same_password"), 422, "same_password"],
    [
      Response.json({ code: "weak_password", weak_password: { reasons: ["pwned"] } }, { status: 422 }),
      422,
      "weak_password",
    ],
    [refusal(401, "insufficient_aal"), 403, "insufficient_aal"],
    [refusal(400, "reauthentication_needed"), 403, "reauthentication_needed"],
    [refusal(400, "current_password_invalid"), 401, "invalid_credentials"],
  ];
  for (const [answer, status, code] of cases) {
    using auth = stubAuth({ "PUT /auth/v1/user": () => answer });
    const { body, status: got } = await ask("PUT", "password", change);
    assert.deepEqual([got, body.code], [status, code]);
    assert.ok(!auth.paths().includes("POST logout?scope=others"));
  }
});

Deno.test("deletion goes through Auth's admin API, and counts an account that is gone as deleted", async () => {
  const path = `DELETE /auth/v1/admin/users/${user_id}`;
  for (const answer of [() => Response.json({}), () => refusal(404, "user_not_found")]) {
    using auth = stubAuth({ [path]: answer });
    assert.equal((await ask("DELETE", "user", { password })).status, 204);
    const last = auth.calls.at(-1)!;
    assert.equal(`${last.method} ${last.path}`, path);
    assert.deepEqual([last.headers.get("apikey"), last.headers.get("authorization")], [
      secret_key,
      `Bearer ${secret_key}`,
    ]);
  }
  for (
    const [answer, code] of [[refusal(403, "not_admin"), "misconfigured"], [refusal(404, "?"), "auth_refused"]] as const
  ) {
    using _ = stubAuth({ [path]: () => answer });
    assert.equal((await ask("DELETE", "user", { password })).body.code, code);
  }
});

Deno.test("a forgotten password is answered alike, whatever only a known address can be refused with", async () => {
  const answers = [
    Response.json({}),
    refusal(429, "over_email_send_rate_limit"),
    refusal(400, "email_address_not_authorized"),
    refusal(500, "unexpected_failure"),
  ];
  for (const answer of answers) {
    using _ = stubAuth({ "POST /auth/v1/recover": () => answer });
    const response = await app.request("/auth/password/forgot", json("POST", { email }));
    assert.deepEqual([response.status, await response.json()], [202, { email }]);
    assert.equal(response.headers.get("retry-after"), null);
  }
  using _ = stubAuth({ "POST /auth/v1/recover": () => refusal(429, "over_request_rate_limit") });
  assert.equal((await ask("POST", "password/forgot", { email })).status, 429);
});

Deno.test("a code opens a session with a new password, and ends the others", async () => {
  using auth = stubAuth();
  const { status, body } = await ask("POST", "password/reset", { email, code: "123456", password: new_password });
  assert.deepEqual([status, body.token, body.access_token], [200, 7, session.access_token]);
  assert.deepEqual(auth.paths(), ["POST verify", "PUT user", "POST logout?scope=others", "POST rpc/record_sign_in"]);
  assert.deepEqual(auth.calls[0]!.body, { type: "recovery", email, token: "123456" });
});

Deno.test("a session that a code opened ends again where the new password is refused", async () => {
  using auth = stubAuth({ "PUT /auth/v1/user": () => refusal(422, "same_password") });
  const { body } = await ask("POST", "password/reset", { email, code: "123456", password: new_password });
  assert.equal(body.code, "same_password");
  assert.deepEqual(auth.paths(), ["POST verify", "PUT user", "POST logout?scope=local"]);
});

Deno.test("a wrong code and a banned user are refused alike", async () => {
  for (const code of ["otp_expired", "user_banned"]) {
    for (const route of ["confirm", "password/reset"]) {
      using _ = stubAuth({ "POST /auth/v1/verify": () => refusal(403, code) });
      const body = { email, code: "123456", ...(route !== "confirm" && { password: new_password }) };
      const answer = await ask("POST", route, body);
      assert.deepEqual([answer.status, answer.body.code], [401, "invalid_code"]);
    }
  }
  for (const code of ["12345", "12345678901", "12345a", 123_456]) {
    using auth = stubAuth();
    assert.equal((await ask("POST", "confirm", { email, code })).status, 422);
    assert.equal(auth.calls.length, 0);
  }
});

Deno.test("a session is ended as the caller's own session asks, and an odd id names none", async () => {
  using auth = stubAuth();
  const other_id = crypto.randomUUID();
  const end = async (id: string) =>
    await app.request(`/auth/sessions/${id}`, { method: "DELETE", headers: await asUser() });
  assert.equal((await end(other_id)).status, 204);
  assert.deepEqual(auth.calls[0]!.body, { p_user_id: user_id, p_session_id: session_id, p_ended_id: other_id });
  assert.equal((await end("me")).status, 404);
  assert.equal(auth.calls.length, 1);
});

Deno.test("Auth is told which program asks", async () => {
  using auth = stubAuth();
  const headers = { "user-agent": `Browser/1.0 ${"x".repeat(1_000)}` };
  await app.request("/auth/signin", json("POST", { email, password }, headers));
  assert.equal(auth.calls[0]!.headers.get("user-agent"), headers["user-agent"].slice(0, 255));
});
