// Goal: a change of a balance is one call with exactly what was asked for, and its refusals have their codes.
// Method: a stub upstream.
import assert from "node:assert/strict";
import {
  asServer,
  asUser,
  json,
  platform_environment,
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
const refused = (status: number, message: string, details: string | null = null) => () =>
  Response.json({ code: `PT${status}`, message, details, hint: null }, { status });

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
  assert.deepEqual(await response.json(), { transaction_id: 7, token: 40, held: 0, debt: 0, updated_at });
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
  using _ = stubUpstream(() =>
    Response.json({ transaction_id: 7, token: 40, held: 0, debt: 0, updated_at, replayed: true })
  );
  const response = await app.request("/tokens/deduct", json("POST", { amount: 10 }, await asUser()));
  assert.equal(response.headers.get("idempotent-replayed"), "true");
});

Deno.test("add by a user answers 403 purchase_required and calls nothing, unless the setting is exactly true", async () => {
  using upstream = stubUpstream(adjusted);
  for (const TOKENS_SELF_SERVICE_ADD of [undefined, "", "TRUE", "1"]) {
    const app = createTokens(readTokensSettings({ ...platform_environment, TOKENS_SELF_SERVICE_ADD }));
    const response = await app.request("/tokens/add", json("POST", { amount: 10 }, await asUser()));
    assert.equal(response.status, 403);
    assert.equal((await response.json()).code, "purchase_required");
  }
  assert.equal(upstream.calls.length, 0);
});

Deno.test("add by a user credits them where the settings say so", async () => {
  using upstream = stubUpstream(adjusted);
  const app = createTokens(readTokensSettings({ ...platform_environment, TOKENS_SELF_SERVICE_ADD: "true" }));
  const response = await app.request("/tokens/add", json("POST", { amount: 10 }, await asUser()));
  assert.equal(response.status, 200);
  assert.equal(upstream.calls[0]!.body.p_session_id, session_id);
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
      [refused(503, "request_expired"), 503, "request_expired"],
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

Deno.test("an idempotency key is taken quoted or bare, and refused when it is not printable or too long", async () => {
  using upstream = stubUpstream(adjusted);
  for (const [header, key] of [["a b", "a b"], ['"a\\"b"', 'a"b'], ["x".repeat(255), "x".repeat(255)]] as const) {
    await app.request("/tokens/deduct", json("POST", { amount: 1 }, { ...await asUser(), "idempotency-key": header }));
    assert.equal(upstream.calls.at(-1)!.body.p_idempotency_key, key);
  }
  for (const header of ["", '""', "é", "x".repeat(256), "one, two"]) {
    const response = await app.request(
      "/tokens/deduct",
      json("POST", { amount: 1 }, { ...await asUser(), "idempotency-key": header }),
    );
    assert.equal(response.status, 422, header);
    assert.equal((await response.json()).errors[0].path, "Idempotency-Key");
  }
});
