// Goal: who may do what, and what of a request is refused before the database is asked. Method: a stub upstream.
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
const adjusted = () => Response.json({ transaction_id: 7, token: 40, held: 0, debt: 0, updated_at, replayed: false });

Deno.test("balance is read in one call, as the user", async () => {
  using upstream = stubUpstream(() => Response.json([{ token: 5, held: 0, debt: 0, updated_at }]));
  const response = await app.request("/tokens", { headers: await asUser() });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { token: 5, held: 0, debt: 0, updated_at });
  assert.equal(upstream.calls.length, 1);
  assert.equal(upstream.calls[0]!.headers.get("apikey"), publishable_key);
  assert.match(upstream.calls[0]!.headers.get("authorization")!, /^Bearer ey/);
});

Deno.test("balance of a wallet that is missing opens it", async () => {
  using upstream = stubUpstream((call) =>
    call.path.includes("/rpc/open_wallet")
      ? Response.json({ token: 0, held: 0, debt: 0, updated_at })
      : Response.json([])
  );
  const response = await app.request("/tokens/", { headers: await asUser() });
  assert.deepEqual(await response.json(), { token: 0, held: 0, debt: 0, updated_at });
  assert.deepEqual(upstream.calls[1]!.body, { p_user_id: user_id });
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

Deno.test("a query parameter that nobody knows is refused by name", async () => {
  using upstream = stubUpstream(adjusted);
  for (
    const [path, parameter] of [
      ["/tokens?usr_id=1", "usr_id"],
      ["/tokens/transactions?limt=1", "limt"],
      ["/tokens/transactions.csv?limit=1", "limit"],
      ["/tokens/balance_at?time=2026-01-01T00:00:00Z&at=1", "at"],
      ["/tokens/holds?kind=held", "kind"],
      [`/tokens/holds/${session_id}?status=held`, "status"],
      ["/tokens/low_balance_threshold?threshold=1", "threshold"],
    ] as const
  ) {
    const response = await app.request(path, { headers: await asUser() });
    assert.equal(response.status, 422, path);
    assert.deepEqual((await response.json()).errors.map(({ path }: { path: string }) => path), [parameter]);
  }
  assert.equal(upstream.calls.length, 0);
});

Deno.test("every route but health declares who may call it", async () => {
  using _ = stubUpstream(() => Response.json([]));
  const routes = app.routes.filter((route) => route.method !== "ALL");
  assert.ok(routes.length >= 5);
  for (const { method, path } of routes) {
    const response = await app.request(path, { method });
    assert.equal(response.status, path === "/tokens/health" ? 200 : 401, `${method} ${path}`);
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
