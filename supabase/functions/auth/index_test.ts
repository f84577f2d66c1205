import assert from "node:assert/strict";
import {
  asServer,
  asUser,
  json,
  platform_environment,
  publishable_key,
  session_id,
  stubUpstream,
  user_id,
} from "../_testing/upstream.ts";
import { logged } from "../_testing/log.ts";
import { createAuth } from "./index.ts";
import { readAuthSettings } from "./settings.ts";

const app = createAuth(readAuthSettings(platform_environment));

const credentials = { email: "ada@example.com", password: "correct horse battery" };
const updated_at = "2026-11-23T12:00:00.123+00:00";
const session = {
  access_token: "ey.access.token",
  refresh_token: "refresh",
  token_type: "bearer",
  expires_in: 3600,
  expires_at: 1_800_000_000,
  user: { id: user_id, email: credentials.email, role: "authenticated", app_metadata: { provider: "email" } },
};
const auth_response = {
  access_token: "ey.access.token",
  refresh_token: "refresh",
  token_type: "bearer",
  expires_in: 3600,
  expires_at: 1_800_000_000,
  user: { id: user_id, email: credentials.email },
};

Deno.test("signup answers 201 with the session and the balance, in two calls", async () => {
  using upstream = stubUpstream((call) =>
    call.path === "/auth/v1/signup" ? Response.json(session) : Response.json({ token: 0, held: 0, updated_at })
  );
  const response = await app.request("/auth/signup", json("POST", { ...credentials, metadata: { plan: "pro" } }));
  assert.equal(response.status, 201);
  assert.deepEqual(await response.json(), { ...auth_response, token: 0 });
  assert.equal(upstream.calls.length, 2);
  assert.deepEqual(upstream.calls[0]!.body, { ...credentials, data: { plan: "pro" }, gotrue_meta_security: {} });
  assert.equal(upstream.calls[0]!.headers.get("apikey"), publishable_key);
  assert.equal(upstream.calls[0]!.headers.get("sb-forwarded-for"), null);
  assert.equal(upstream.calls[1]!.path, "/rest/v1/rpc/record_sign_in");
});

Deno.test("signup answers 201 although the balance cannot be read: the account exists, and a note says so", async () => {
  using _ = stubUpstream((call) =>
    call.path === "/auth/v1/signup" ? Response.json(session) : Response.json({}, { status: 503 })
  );
  const { response, lines } = await logged(() => app.request("/auth/signup", json("POST", credentials)));
  assert.equal(response.status, 201);
  assert.equal((await response.json()).token, 0);
  assert.match(lines[0].note, /upstream_unavailable/);
  assert.equal(lines[0].error, undefined);
});

Deno.test("the log line of a sign-up, a sign-in and a refresh names the account", async () => {
  using _ = stubUpstream((call) =>
    call.path.startsWith("/auth/") ? Response.json(session) : Response.json({ token: 0, held: 0, debt: 0, updated_at })
  );
  for (const [route, body] of [["signup", credentials], ["signin", credentials], ["refresh", { refresh_token: "x" }]]) {
    const { lines } = await logged(() => app.request(`/auth/${route}`, json("POST", body)));
    assert.equal(lines[0].account, user_id);
    assert.equal(lines[0].caller, "anyone");
  }
});

Deno.test("signup that waits for confirmation answers 202, and does not use the id it was given", async () => {
  // As recorded from Auth: a known, confirmed address gets a made-up id and no identities.
  const answers = [
    { id: user_id, email: credentials.email, identities: [{ id: user_id }], confirmation_sent_at: updated_at },
    { id: session_id, email: credentials.email, identities: [], confirmation_sent_at: updated_at },
  ];
  const bodies = [];
  for (const answer of answers) {
    using upstream = stubUpstream(() => Response.json(answer));
    const response = await app.request("/auth/signup", json("POST", credentials));
    assert.equal(response.status, 202);
    bodies.push(await response.text());
    assert.equal(upstream.calls.length, 1);
  }
  assert.equal(bodies[0], JSON.stringify({ confirmation_required: true, email: credentials.email }));
  assert.equal(bodies[0], bodies[1]);
});

Deno.test("signin answers 200 with the session and the balance, in two calls", async () => {
  using upstream = stubUpstream((call) =>
    call.path.startsWith("/auth/v1/token")
      ? Response.json(session)
      : Response.json({ token: 12, held: 0, debt: 0, updated_at })
  );
  const response = await app.request("/auth/signin", json("POST", credentials));
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { ...auth_response, token: 12 });
  assert.equal(upstream.calls.length, 2);
  assert.equal(upstream.calls[1]!.path, "/rest/v1/rpc/record_sign_in");
  assert.deepEqual(upstream.calls[1]!.body, { p_user_id: user_id });
});

Deno.test("refresh answers 200 with a new session and the balance, in two calls", async () => {
  using upstream = stubUpstream((call) =>
    call.path === "/auth/v1/token?grant_type=refresh_token"
      ? Response.json(session)
      : Response.json({ token: 12, held: 0, debt: 0, updated_at })
  );
  const response = await app.request("/auth/refresh", json("POST", { refresh_token: "old" }));
  assert.deepEqual(await response.json(), { ...auth_response, token: 12 });
  assert.deepEqual(upstream.calls[0]!.body, { refresh_token: "old" });
  assert.equal(upstream.calls.length, 2);
});

Deno.test("signout ends the session in one call, and counts a session that is gone as ended", async () => {
  for (
    const answer of [
      new Response(null, { status: 204 }),
      ...[401, 403, 404].map((status) => Response.json({}, { status })),
    ]
  ) {
    using upstream = stubUpstream(() => answer);
    const response = await app.request("/auth/signout", { method: "POST", headers: await asUser() });
    assert.equal(response.status, 204);
    assert.equal(await response.text(), "");
    assert.equal(upstream.calls.length, 1);
    assert.equal(upstream.calls[0]!.path, "/auth/v1/logout?scope=local");
  }
  using upstream = stubUpstream(() => new Response(null, { status: 204 }));
  await app.request("/auth/signout?scope=global", { method: "POST", headers: await asUser() });
  assert.equal(upstream.calls[0]!.path, "/auth/v1/logout?scope=global");
  const odd = await app.request("/auth/signout?scope=everyone", { method: "POST", headers: await asUser() });
  assert.equal(odd.status, 422);
});

Deno.test("signout answers 503 while Auth is down: the session may still be open", async () => {
  using _ = stubUpstream(() => Promise.reject(new TypeError("connection refused")));
  const response = await app.request("/auth/signout", { method: "POST", headers: await asUser() });
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "5");
});

Deno.test("user tells who the caller is and what they have, in one call", async () => {
  using upstream = stubUpstream(() => Response.json([{ token: 12, held: 0, updated_at }]));
  const response = await app.request("/auth/user", { headers: await asUser() });
  assert.deepEqual(await response.json(), {
    id: user_id,
    email: "ada@example.com",
    token: 12,
    token_updated_at: updated_at,
  });
  assert.equal(upstream.calls.length, 1);
});

Deno.test("bad credentials are refused before Auth is asked", async () => {
  using upstream = stubUpstream(() => Response.json(session));
  for (
    const [body, path] of [
      [{ ...credentials, email: "ada" }, "email"],
      [{ password: "x" }, "email"],
      [{ ...credentials, password: "" }, "password"],
      [{ ...credentials, email: `${"x".repeat(244)}@example.com` }, "email"],
      [{ ...credentials, password: "x".repeat(73) }, "password"],
      [{ ...credentials, password: "\u00e9".repeat(37) }, "password"],
      [{ ...credentials, user_id }, "user_id"],
      [{ ...credentials, metadata: [] }, "metadata"],
    ] as const
  ) {
    const response = await app.request("/auth/signup", json("POST", body));
    assert.equal(response.status, 422, path);
    assert.equal((await response.json()).errors[0].path, path);
  }
  const large = await app.request(
    "/auth/signup",
    json("POST", { ...credentials, metadata: { a: "x".repeat(17_000) } }),
  );
  assert.equal(large.status, 413);
  assert.equal(upstream.calls.length, 0);
});

Deno.test("addresses of 255 characters and passwords of 72 bytes go on to Auth", async () => {
  using upstream = stubUpstream(() => Response.json({ code: "invalid_credentials" }, { status: 400 }));
  const email = `${"x".repeat(243)}@example.com`;
  await app.request("/auth/signin", json("POST", { email, password: "\u00e9".repeat(36) }));
  assert.deepEqual([upstream.calls[0]!.body.email, upstream.calls[0]!.body.password.length], [email, 36]);
});

Deno.test("signout and user take a signed-in user, and no server", async () => {
  for (const [method, path] of [["POST", "/auth/signout"], ["GET", "/auth/user"]] as const) {
    for (const headers of [{}, asServer]) {
      const response = await app.request(path, { method, headers: headers as Record<string, string> });
      assert.equal(response.status, 401, path);
    }
  }
});
