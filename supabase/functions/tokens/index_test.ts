import assert from "node:assert/strict";
import {
  asServer,
  asUser,
  foreign_key,
  json,
  mintToken,
  platform_environment,
  publishable_key,
  secret_key,
  session_id,
  stubUpstream,
  user_id,
} from "../_testing/upstream.ts";
import { createTokens } from "./index.ts";
import { readTokensSettings } from "./settings.ts";

const app = createTokens(readTokensSettings(platform_environment));

const updated_at = "2026-11-23T12:00:00.123+00:00";
const adjusted = () => Response.json({ transaction_id: 7, token: 40, held: 0, updated_at, replayed: false });
const refused = (status: number, message: string, details: string | null = null) => () =>
  Response.json({ code: `PT${status}`, message, details, hint: null }, { status });

Deno.test("balance is read in one call, as the user", async () => {
  using upstream = stubUpstream(() => Response.json([{ token: 5, held: 0, updated_at }]));
  const response = await app.request("/tokens", { headers: await asUser() });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { token: 5, held: 0, updated_at });
  assert.equal(upstream.calls.length, 1);
  assert.equal(upstream.calls[0]!.headers.get("apikey"), publishable_key);
  assert.match(upstream.calls[0]!.headers.get("authorization")!, /^Bearer ey/);
});

Deno.test("balance of a wallet that is missing opens it", async () => {
  using upstream = stubUpstream((call) =>
    call.path.includes("/rpc/open_wallet") ? Response.json({ token: 0, held: 0, updated_at }) : Response.json([])
  );
  const response = await app.request("/tokens/", { headers: await asUser() });
  assert.deepEqual(await response.json(), { token: 0, held: 0, updated_at });
  assert.deepEqual(upstream.calls[1]!.body, { p_user_id: user_id });
});

Deno.test("deduct spends in one call with the secret key, bound to the caller's session", async () => {
  using upstream = stubUpstream(adjusted);
  const response = await app.request(
    "/tokens/deduct",
    json("POST", { amount: 10, reference: "cv", metadata: { a: 1 } }, {
      ...await asUser(),
      "idempotency-key": '"k-1"',
    }),
  );
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { transaction_id: 7, token: 40, held: 0, updated_at });
  assert.equal(response.headers.get("idempotent-replayed"), null);
  assert.equal(upstream.calls.length, 1);
  const [call] = upstream.calls;
  assert.equal(call!.path, "/rest/v1/rpc/adjust_tokens");
  assert.equal(call!.headers.get("apikey"), secret_key);
  assert.deepEqual(call!.body, {
    p_user_id: user_id,
    p_amount: -10,
    p_kind: "deduct",
    p_metadata: { a: 1 },
    p_idempotency_key: "k-1",
    p_reference: "cv",
    p_session_id: session_id,
  });
});

Deno.test("a replayed adjustment is marked as such", async () => {
  using _ = stubUpstream(() => Response.json({ transaction_id: 7, token: 40, held: 0, updated_at, replayed: true }));
  const response = await app.request("/tokens/deduct", json("POST", { amount: 10 }, await asUser()));
  assert.equal(response.headers.get("idempotent-replayed"), "true");
});

Deno.test("add by a user answers 403 purchase_required and calls nothing", async () => {
  using upstream = stubUpstream(adjusted);
  const response = await app.request("/tokens/add", json("POST", { amount: 10 }, await asUser()));
  assert.equal(response.status, 403);
  assert.equal((await response.json()).code, "purchase_required");
  assert.equal(upstream.calls.length, 0);
});

Deno.test("add by a server credits the user it names, with no session to check", async () => {
  using upstream = stubUpstream(adjusted);
  const response = await app.request("/tokens/add", json("POST", { amount: 10, user_id }, asServer));
  assert.equal(response.status, 200);
  assert.deepEqual(upstream.calls[0]!.body, {
    p_user_id: user_id,
    p_amount: 10,
    p_kind: "add",
    p_metadata: {},
  });
});

Deno.test("refusals of the database become problems with its status and code", async () => {
  for (
    const [answer, status, code] of [
      [refused(402, "insufficient_tokens", "3"), 402, "insufficient_tokens"],
      [refused(422, "balance_limit"), 422, "balance_limit"],
      [refused(422, "idempotency_key_reused"), 422, "idempotency_key_reused"],
      [refused(404, "user_not_found"), 404, "user_not_found"],
      [refused(401, "session_ended"), 401, "session_ended"],
      [() => Response.json({ code: "57014", message: "canceled" }, { status: 500 }), 503, "wallet_busy"],
      [() => new Response("bad gateway", { status: 502 }), 503, "upstream_unavailable"],
      [() => Promise.reject(new TypeError("connection refused")), 503, "upstream_unavailable"],
      [() => Response.json({ code: "42501", message: "permission denied" }, { status: 403 }), 500, "internal_error"],
    ] as const
  ) {
    using _ = stubUpstream(answer);
    const response = await app.request("/tokens/deduct", json("POST", { amount: 5 }, await asUser()));
    assert.equal(response.status, status, code);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const problem = await response.json();
    assert.equal(problem.code, code);
    assert.equal(problem.request_id, response.headers.get("x-request-id"));
    if (code === "insufficient_tokens") assert.equal(problem.token, 3);
    if (status === 503) assert.equal(response.headers.get("retry-after"), "5");
    if (status === 401) assert.match(response.headers.get("www-authenticate")!, /^Bearer/);
  }
});

Deno.test("an amount that is not an integer from 1 to 1,000,000,000 answers 422", async () => {
  using upstream = stubUpstream(adjusted);
  for (const amount of [0, -1, 1.5, 1_000_000_001, "10", true, null, [], {}, undefined]) {
    const response = await app.request("/tokens/deduct", json("POST", { amount }, await asUser()));
    assert.equal(response.status, 422, String(amount));
    assert.equal((await response.json()).errors[0].path, "amount");
  }
  assert.equal(upstream.calls.length, 0);
});

Deno.test("a user who names an account is refused, a server must name one", async () => {
  using upstream = stubUpstream(adjusted);
  const requests: [string, RequestInit][] = [
    ["/tokens/deduct", json("POST", { amount: 1, user_id }, await asUser())],
    [`/tokens?user_id=${user_id}`, { headers: await asUser() }],
    [`/tokens/transactions?user_id=${user_id}`, { headers: await asUser() }],
    ["/tokens/deduct", json("POST", { amount: 1 }, asServer)],
    ["/tokens", { headers: asServer }],
    ["/tokens/transactions", { headers: asServer }],
    ["/tokens?user_id=me", { headers: asServer }],
  ];
  for (const [path, init] of requests) {
    const response = await app.request(path, init);
    assert.equal(response.status, 422, path);
    assert.equal((await response.json()).errors[0].path, "user_id");
  }
  assert.equal(upstream.calls.length, 0);
});

Deno.test("an unknown field is refused by name", async () => {
  const response = await app.request("/tokens/deduct", json("POST", { amount: 1, amuont: 2 }, await asUser()));
  assert.deepEqual((await response.json()).errors, [{ path: "amuont", message: "Unknown field" }]);
});

Deno.test("an idempotency key is taken quoted or bare, and refused when it is not printable or too long", async () => {
  using upstream = stubUpstream(adjusted);
  for (const [header, key] of [["a b", "a b"], ['"a\\"b"', 'a"b'], ["x".repeat(255), "x".repeat(255)]] as const) {
    await app.request("/tokens/deduct", json("POST", { amount: 1 }, { ...await asUser(), "idempotency-key": header }));
    assert.equal(upstream.calls.at(-1)!.body.p_idempotency_key, key);
  }
  for (const header of ["", '""', "é", "x".repeat(256)]) {
    const response = await app.request(
      "/tokens/deduct",
      json("POST", { amount: 1 }, { ...await asUser(), "idempotency-key": header }),
    );
    assert.equal(response.status, 422, header);
    assert.equal((await response.json()).errors[0].path, "Idempotency-Key");
  }
});

Deno.test("transactions come in pages with a cursor, filtered by kind, in one call", async () => {
  const entry = (id: number) => ({
    id,
    amount: -1,
    balance_after: id,
    kind: "deduct",
    reference: null,
    metadata: {},
    created_at: updated_at,
  });
  using upstream = stubUpstream(() => Response.json([entry(9), entry(8), entry(7)]));
  const response = await app.request("/tokens/transactions?limit=2&cursor=10&kind=deduct", {
    headers: await asUser(),
  });
  const page = await response.json();
  assert.deepEqual(page.transactions.map((entry: { id: number }) => entry.id), [9, 8]);
  assert.equal(page.next_cursor, "8");
  assert.equal(upstream.calls.length, 1);
  const query = new URLSearchParams(upstream.calls[0]!.path.split("?")[1]);
  assert.equal(query.get("id"), "lt.10");
  assert.equal(query.get("kind"), "eq.deduct");
  assert.equal(query.get("limit"), "3");
  for (const bad of ["limit=0", "limit=101", "limit=x", "cursor=0", "cursor=-1", "cursor=abc", "kind=gift"]) {
    assert.equal((await app.request(`/tokens/transactions?${bad}`, { headers: await asUser() })).status, 422, bad);
  }
});

Deno.test("every route but health declares who may call it", async () => {
  const routes = app.routes.filter((route) => route.method !== "ALL");
  assert.ok(routes.length >= 5);
  for (const { method, path } of routes) {
    const response = await app.request(path, { method });
    assert.equal(response.status, path === "/tokens/health" ? 503 : 401, `${method} ${path}`);
  }
});

Deno.test("tokens that are forged, expired, foreign, unsigned or of another role answer 401", async () => {
  using upstream = stubUpstream(adjusted);
  const now_seconds = Math.floor(Date.now() / 1_000);
  const valid = await mintToken();
  const [header, payload, signature] = valid.split(".");
  const none = btoa(JSON.stringify({ alg: "none", typ: "JWT" })).replaceAll("=", "");
  const tokens = {
    "foreign key": await mintToken({}, foreign_key),
    expired: await mintToken({ exp: now_seconds - 1 }),
    "no expiry": await mintToken({ exp: undefined }),
    "other audience": await mintToken({ aud: "anon" }),
    "other role": await mintToken({ role: "service_role" }),
    "no session": await mintToken({ session_id: undefined }),
    "subject that is no id": await mintToken({ sub: "ada" }),
    "changed payload": `${header}.${
      btoa(JSON.stringify({ ...JSON.parse(atob(payload!)), sub: session_id }))
    }.${signature}`,
    unsigned: `${none}.${payload}.`,
    garbage: "garbage",
  };
  for (const [name, token] of Object.entries(tokens)) {
    const response = await app.request("/tokens", { headers: { authorization: `Bearer ${token}` } });
    assert.equal(response.status, 401, name);
    assert.equal((await response.json()).code, "invalid_token", name);
    assert.match(response.headers.get("www-authenticate")!, /error="invalid_token"/);
  }
  assert.equal(upstream.calls.length, 0);
});

Deno.test("keys are no users, and a wrong key is no server", async () => {
  using upstream = stubUpstream(adjusted);
  for (
    const headers of [
      {},
      { apikey: publishable_key },
      { apikey: publishable_key, authorization: `Bearer ${publishable_key}` },
      { authorization: `Bearer ${secret_key}` },
      { apikey: `${secret_key}x` },
      { apikey: "" },
      { authorization: "Basic YTpi" },
    ]
  ) {
    const response = await app.request("/tokens?user_id=" + user_id, { headers: headers as Record<string, string> });
    assert.equal(response.status, 401, JSON.stringify(headers));
    assert.equal((await response.json()).code, "unauthorized");
  }
  assert.equal(upstream.calls.length, 0);
});

Deno.test("a token that is sent together with the secret key acts as the user", async () => {
  using upstream = stubUpstream(adjusted);
  const response = await app.request("/tokens/add", json("POST", { amount: 1 }, { ...await asUser(), ...asServer }));
  assert.equal(response.status, 403);
  assert.equal(upstream.calls.length, 0);
});

Deno.test("notices that have nowhere to go are answered 503, and none is claimed", async () => {
  using upstream = stubUpstream(() => Response.json([]));
  const response = await app.request("/tokens/notices/deliver", { method: "POST", headers: asServer });
  assert.equal(response.status, 503);
  assert.equal((await response.json()).code, "misconfigured");
  assert.deepEqual(upstream.calls, []);
});

Deno.test("a threshold is read and set in one call each", async () => {
  using upstream = stubUpstream(({ method }) => Response.json(method === "GET" ? [{ low_balance_threshold: 5 }] : 7));
  const path = "/tokens/low_balance_threshold";
  const read = await app.request(path, { headers: await asUser() });
  assert.deepEqual(await read.json(), { threshold: 5 });
  const set = await app.request(path, json("PUT", { threshold: 7 }, await asUser()));
  assert.deepEqual(await set.json(), { threshold: 7 });
  assert.equal(upstream.calls.length, 2);
  assert.equal(upstream.calls[1]!.body.p_session_id, session_id);
});
