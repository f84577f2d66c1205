// Goal: a purchase begins with what the database says and with nothing of the client's. Method: a stubbed upstream.
import assert from "node:assert/strict";
import { asServer, asUser, json, platform_environment, stubUpstream, user_id } from "../_testing/upstream.ts";
import { createPayments } from "./index.ts";
import { readPaymentsSettings } from "./settings.ts";

const purchase_id = "5f0a6f3e-7f0e-4d6c-9a51-3c1f6f0f2b11";
const pending = {
  id: purchase_id,
  tokens: 100,
  price_minor: 500,
  currency: "eur",
  stripe_price_id: null,
  replayed: false,
};

const createApp = (env: Record<string, string> = {}) =>
  createPayments(readPaymentsSettings({ ...platform_environment, ...env }));
const app = createApp({
  PAYMENTS_CHECKOUT_URL: "https://pay.example/checkout?shop=tally",
  PAYMENTS_API_URL: "https://pay.example/api/",
  PAYMENTS_API_KEY: "key-of-the-unit-tests",
});

Deno.test("checkout records the purchase in one call and answers the provider's page", async () => {
  using upstream = stubUpstream(() => Response.json(pending));
  const response = await app.request("/payments/checkout", json("POST", { pack_id: "small" }, await asUser()));
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("idempotent-replayed"), null);
  assert.deepEqual(await response.json(), {
    purchase_id,
    checkout_url: `https://pay.example/checkout?shop=tally&purchase_id=${purchase_id}&amount_minor=500&currency=eur`,
  });
  assert.equal(upstream.calls.length, 1);
  assert.equal(upstream.calls[0]!.body.p_user_id, user_id);
  assert.equal(upstream.calls[0]!.body.p_idempotency_key, undefined);
});

Deno.test("checkout passes its idempotency key on, and says when the purchase is the one that it began before", async () => {
  using upstream = stubUpstream(() => Response.json({ ...pending, replayed: true }));
  const headers = { ...await asUser(), "idempotency-key": '"order-1"' };
  const response = await app.request("/payments/checkout", json("POST", { pack_id: "small" }, headers));
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("idempotent-replayed"), "true");
  assert.equal(upstream.calls[0]!.body.p_idempotency_key, "order-1");
});

Deno.test("checkout takes no price, amount or user from the client", async () => {
  using upstream = stubUpstream(() => Response.json(pending));
  for (const more of [{ price_minor: 1 }, { tokens: 1_000 }, { user_id }, { purchase_id }]) {
    const request = json("POST", { pack_id: "small", ...more }, await asUser());
    assert.equal((await app.request("/payments/checkout", request)).status, 422);
  }
  assert.deepEqual(upstream.calls, []);
});

Deno.test("checkout takes a signed-in user, and no server; purchases take both", async () => {
  using _ = stubUpstream(() => Response.json([]));
  assert.equal((await app.request("/payments/checkout", json("POST", { pack_id: "small" }, asServer))).status, 401);
  assert.equal((await app.request("/payments/purchases")).status, 401);
  assert.equal((await app.request("/payments/purchases", { headers: asServer })).status, 422);
  assert.equal((await app.request("/payments/purchases", { headers: await asUser() })).status, 200);
});

Deno.test("query parameters that a route does not know are refused", async () => {
  using upstream = stubUpstream(() => Response.json([]));
  const headers = await asUser();
  for (const [path, name] of [["packs", "activ"], ["purchases", "limt"]]) {
    const response = await app.request(`/payments/${path}?${name}=1`, { headers });
    assert.deepEqual([response.status, (await response.json()).errors[0].path], [422, name]);
  }
  assert.deepEqual(upstream.calls, []);
});

Deno.test("without a provider nothing can be bought or compared: 503, and nothing is recorded", async () => {
  using upstream = stubUpstream(() => Response.json({}));
  const unset = createApp({ STRIPE_SECRET_KEY: "", PAYMENTS_API_URL: "https://pay.example/api" });
  const checkout = await unset.request("/payments/checkout", json("POST", { pack_id: "small" }, await asUser()));
  const reconcile = await unset.request("/payments/reconcile", { method: "POST", headers: asServer });
  for (const response of [checkout, reconcile]) {
    assert.deepEqual([response.status, (await response.json()).code], [503, "misconfigured"]);
  }
  assert.deepEqual(upstream.calls, []);
});
