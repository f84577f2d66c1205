// Goal: without a secret nothing is open. Method: settings that are absent, blank or too short.
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { asServer, asUser, json, platform_environment, stubUpstream } from "../_testing/upstream.ts";

const short = "whsec_" + btoa("too short");
// Test files share one environment.
for (const name of Object.keys(Deno.env.toObject())) if (/^(PAYMENTS|STRIPE)_/.test(name)) Deno.env.delete(name);
for (const [name, value] of Object.entries(platform_environment)) Deno.env.set(name, value);
Deno.env.set("PAYMENTS_WEBHOOK_SECRETS", ` ${short} whsec_ ,`);
Deno.env.set("STRIPE_WEBHOOK_SECRETS", " ,whsec_,whsec_short");
const { default: app } = await import("./index.ts");

Deno.test("webhooks signed with an empty or short secret are answered 503, not believed", async () => {
  using upstream = stubUpstream(() => Response.json({}));
  const at = new Date();
  const body = "{}";
  const response = await app.request("/payments/webhooks/standard", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": "evt_1",
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": new Webhook(short).sign("evt_1", at, body),
    },
    body,
  });
  assert.equal(response.status, 503);
  assert.equal((await response.json()).code, "misconfigured");
  assert.deepEqual(upstream.calls, []);
});

Deno.test("checkout without a provider's page answers 503 and records nothing", async () => {
  using upstream = stubUpstream(() => Response.json({}));
  const response = await app.request("/payments/checkout", json("POST", { pack_id: "small" }, await asUser()));
  assert.equal(response.status, 503);
  assert.deepEqual(upstream.calls, []);
});

Deno.test("reconciling with nobody to ask answers 503, and opens nothing", async () => {
  using upstream = stubUpstream(() => Response.json({}));
  const response = await app.request("/payments/reconcile", { method: "POST", headers: asServer });
  assert.equal(response.status, 503);
  assert.equal((await response.json()).code, "misconfigured");
  assert.deepEqual(upstream.calls, []);
});

Deno.test("Stripe's webhooks are answered 503 while its secret is empty or cut short", async () => {
  using upstream = stubUpstream(() => Response.json({}));
  const response = await app.request("/payments/webhooks/stripe", {
    method: "POST",
    headers: { "content-type": "application/json", "stripe-signature": "t=1,v1=abc" },
    body: "{}",
  });
  assert.equal(response.status, 503);
  assert.deepEqual(upstream.calls, []);
});
