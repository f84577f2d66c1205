// Goal: Stripe's events mean here what they mean there. Method: its own package signs and sends; its API is stubbed.
import assert from "node:assert/strict";
import Stripe from "stripe";
import { asUser, json, platform_environment, stubUpstream } from "../../_testing/upstream.ts";
import { createPayments } from "../index.ts";
import { readPaymentsSettings } from "../settings.ts";

const secret = "whsec_0123456789abcdefghijklmnopqrstuv";
const next_secret = "whsec_vutsrqponmlkjihgfedcba9876543210";
const environment = {
  ...platform_environment,
  STRIPE_SECRET_KEY: "sk_test_of_the_unit_tests",
  STRIPE_WEBHOOK_SECRETS: `${secret},${next_secret}`,
  PAYMENTS_RETURN_URL: "https://shop.example/wallet",
};
const app = createPayments(readPaymentsSettings(environment));

const purchase_id = "5f0a6f3e-7f0e-4d6c-9a51-3c1f6f0f2b11";

// Shapes as Stripe's API reference gives them, without what is not read here.
const event = (type: string, object: Record<string, unknown>) => ({
  id: "evt_1SKxYZ2eZvKYlo2C",
  object: "event",
  api_version: Stripe.API_VERSION,
  created: 1_795_521_600,
  livemode: false,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  type,
  data: { object },
});
const session = {
  id: "cs_test_a1b2c3",
  object: "checkout.session",
  amount_total: 500,
  client_reference_id: purchase_id,
  currency: "eur",
  livemode: false,
  mode: "payment",
  payment_intent: "pi_3SKxYZ2eZvKYlo2C",
  payment_status: "paid",
  status: "complete",
};
const refund = {
  id: "re_3SKxYZ2eZvKYlo2C",
  object: "refund",
  amount: 200,
  charge: "ch_3SKxYZ2eZvKYlo2C",
  currency: "eur",
  payment_intent: "pi_3SKxYZ2eZvKYlo2C",
  status: "succeeded",
};
const dispute = {
  id: "dp_1SKxYZ2eZvKYlo2C",
  object: "dispute",
  amount: 500,
  charge: "ch_3SKxYZ2eZvKYlo2C",
  currency: "eur",
  payment_intent: "pi_3SKxYZ2eZvKYlo2C",
  status: "needs_response",
};

const pending = { id: purchase_id, tokens: 100, price_minor: 500, currency: "eur", stripe_price_id: "price_small" };

const sign = (payload: string, key = secret, timestamp = Math.floor(Date.now() / 1_000)) =>
  Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret: key, timestamp });

async function post(body: string, signature: string, headers: Record<string, string> = {}, to = app) {
  const response = await to.request("/payments/webhooks/stripe", {
    method: "POST",
    headers: { "content-type": "application/json", "stripe-signature": signature, ...headers },
    body,
  });
  return { status: response.status, body: await response.json() };
}

const stubDatabase = () => stubUpstream(() => Response.json({ outcome: "applied", review_reason: null }));

Deno.test("each event of a payment means one fact, with the ids that it is known by", async () => {
  const payment_id = session.payment_intent;
  const refunded = { fact: "refunded", payment_id, subject_id: refund.id, amount_minor: 200, currency: "eur" };
  const refund_failed = { fact: "refund_failed", payment_id, subject_id: refund.id, currency: "eur" };
  const paid = { fact: "paid", payment_id, purchase_id, amount_minor: 500, currency: "eur" };
  const about_dispute = { payment_id, subject_id: dispute.id };
  const expectations: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ["checkout.session.completed", session, paid],
    ["checkout.session.async_payment_succeeded", session, paid],
    ["checkout.session.completed", { ...session, payment_status: "unpaid" }, { fact: "other" }],
    ["checkout.session.completed", { ...session, payment_status: "no_payment_required" }, { fact: "other" }],
    ["checkout.session.expired", { ...session, payment_intent: null, payment_status: "unpaid" }, {
      fact: "failed",
      purchase_id,
      currency: "eur",
    }],
    ["refund.created", refund, refunded],
    ["refund.created", { ...refund, status: "pending" }, refunded],
    ["refund.updated", { ...refund, status: "canceled" }, refund_failed],
    ["refund.failed", { ...refund, status: "failed" }, refund_failed],
    // Says the sum of what the refunds say one by one.
    ["charge.refunded", { id: "ch_1", amount_refunded: 200, payment_intent: payment_id }, { fact: "other" }],
    ["charge.dispute.created", dispute, { ...about_dispute, fact: "dispute_opened" }],
    ["charge.dispute.closed", { ...dispute, status: "won" }, { ...about_dispute, fact: "dispute_won" }],
    ["charge.dispute.closed", { ...dispute, status: "lost" }, { ...about_dispute, fact: "dispute_lost" }],
    ["charge.dispute.created", { ...dispute, status: "warning_needs_response" }, { ...about_dispute, fact: "other" }],
    ["charge.dispute.closed", { ...dispute, status: "warning_closed" }, { ...about_dispute, fact: "other" }],
    ["customer.created", { id: "cus_1" }, { fact: "other" }],
    ["checkout.session.completed", { ...session, client_reference_id: "of another shop" }, {
      ...paid,
      purchase_id: undefined,
    }],
  ];
  for (const [type, object, expected] of expectations) {
    using upstream = stubDatabase();
    const body = JSON.stringify(event(type, object));
    assert.equal((await post(body, await sign(body))).status, 200, type);
    const { p_provider, p_event_id, p_livemode, p_occurred_at, p_payload, ...said } = upstream.calls[0]!.body;
    assert.deepEqual([p_provider, p_event_id, p_livemode], ["stripe", "evt_1SKxYZ2eZvKYlo2C", false]);
    assert.equal(p_occurred_at, "2026-11-24T12:00:00.000Z");
    assert.deepEqual(p_payload, JSON.parse(body));
    const wanted = Object.entries(expected).filter(([, value]) => value !== undefined);
    assert.deepEqual(said, Object.fromEntries(wanted.map(([name, value]) => [`p_${name}`, value])), type);
  }
});

Deno.test("both secrets of a rotation sign", async () => {
  using _ = stubDatabase();
  const body = JSON.stringify(event("customer.created", {}));
  assert.equal((await post(body, await sign(body, next_secret))).status, 200);
});

Deno.test("bad signatures of Stripe are refused, and nothing is called", async () => {
  using upstream = stubDatabase();
  const body = JSON.stringify(event("checkout.session.completed", session));
  const now = Math.floor(Date.now() / 1_000);
  const good = await sign(body);
  const bad: Record<string, [string, string]> = {
    "forged with another secret": [body, await sign(body, "whsec_00000000000000000000000000000000")],
    "altered by one byte": [body.replace("500", "501"), good],
    "re-serialised": [JSON.stringify(JSON.parse(body), null, 1), good],
    "replayed after the tolerance": [body, await sign(body, secret, now - 301)],
    "from the future": [body, await sign(body, secret, now + 310)],
    "with the time moved": [body, good.replace(/t=\d+/, `t=${now + 1}`)],
    "without a signature": [body, ""],
    "without a time": [body, good.replace(/t=\d+,/, "")],
    "of another scheme alone": [body, good.replace("v1=", "v0=")],
    "with two times": [body, `t=${now + 1_000},${good}`],
  };
  for (const [name, [sent, signature]] of Object.entries(bad)) {
    const { status, body } = await post(sent, signature);
    assert.equal(status, 400, name);
    assert.equal(body.code, "invalid_webhook", name);
  }
  assert.equal((await post(body, good, { "content-type": "text/plain" })).status, 415);
  assert.deepEqual(upstream.calls, []);
});

Deno.test("a signed event that is not as Stripe's API describes it is refused, and nothing is called", async () => {
  using upstream = stubDatabase();
  const { data: _, ...without_data } = event("refund.created", refund);
  const deep = JSON.stringify(event("checkout.session.completed", session));
  for (
    const body of [
      JSON.stringify(without_data),
      JSON.stringify(event("refund.created", { ...refund, amount: "200" })),
      JSON.stringify(event("charge.dispute.created", { ...dispute, status: null })),
      // The years 0 and 33658, and a time that is none.
      ...[-62_167_219_200, 1e12, 1e300, null].map((created) =>
        JSON.stringify({ ...event("customer.created", {}), created })
      ),
      deep.replace("{", `{"deep":${"[".repeat(8_000)}${"]".repeat(8_000)},`),
    ]
  ) {
    const answer = await post(body, await sign(body));
    assert.deepEqual([answer.status, answer.body.code], [422, "validation_failed"], body.slice(0, 200));
  }
  assert.deepEqual(upstream.calls, []);
});

Deno.test("Stripe's webhooks are answered 503 while its secret is blank or cut short", async () => {
  using upstream = stubDatabase();
  for (const STRIPE_WEBHOOK_SECRETS of [undefined, "", " ,whsec_,whsec_short"]) {
    const closed = createPayments(readPaymentsSettings({ ...environment, STRIPE_WEBHOOK_SECRETS }));
    const { status, body } = await post("{}", await sign("{}", "whsec_short"), {}, closed);
    assert.deepEqual([status, body.code], [503, "misconfigured"]);
  }
  assert.deepEqual(upstream.calls, []);
});

Deno.test("checkout opens a Stripe session for the pack's price, under a key of its own", async () => {
  using upstream = stubUpstream(({ path }) =>
    path === "/v1/checkout/sessions"
      ? Response.json({ ...session, payment_status: "unpaid", url: "https://checkout.stripe.com/c/pay/cs_test_a1b2c3" })
      : Response.json(pending)
  );
  const response = await app.request("/payments/checkout", json("POST", { pack_id: "small" }, await asUser()));
  assert.equal(response.status, 201);
  assert.deepEqual(await response.json(), {
    purchase_id,
    checkout_url: "https://checkout.stripe.com/c/pay/cs_test_a1b2c3",
  });
  const [created, opened] = upstream.calls;
  assert.equal(created!.body.p_provider, "stripe");
  assert.equal(created!.body.p_livemode, false);
  assert.equal(opened!.headers.get("idempotency-key"), purchase_id);
  const form = Object.fromEntries(new URLSearchParams(opened!.body));
  assert.equal(form["line_items[0][price]"], "price_small");
  assert.equal(form.client_reference_id, purchase_id);
  assert.equal(form.mode, "payment");
});

Deno.test("a price that is another at Stripe is not offered to a buyer", async () => {
  for (const differs of [{ amount_total: 499 }, { amount_total: 5_000 }, { currency: "usd" }]) {
    using upstream = stubUpstream(({ path }) => {
      if (path === "/v1/checkout/sessions") return Response.json({ ...session, ...differs, url: "https://checkout" });
      return path.endsWith("abandon_purchase") ? new Response(null, { status: 204 }) : Response.json(pending);
    });
    const response = await app.request("/payments/checkout", json("POST", { pack_id: "small" }, await asUser()));
    assert.equal(response.status, 503);
    assert.equal((await response.json()).code, "misconfigured");
    assert.equal(upstream.calls.at(-1)!.path, "/rest/v1/rpc/abandon_purchase");
  }
});

Deno.test("while Stripe is down checkout answers 503, and closes the purchase unless its page was given before", async () => {
  const asked = async (replayed: boolean) => {
    using upstream = stubUpstream(({ path }) => {
      if (path === "/v1/checkout/sessions") return Response.json({ error: { type: "api_error" } }, { status: 500 });
      return path.endsWith("abandon_purchase")
        ? new Response(null, { status: 204 })
        : Response.json({ ...pending, replayed });
    });
    const response = await app.request("/payments/checkout", json("POST", { pack_id: "small" }, await asUser()));
    assert.deepEqual([response.status, (await response.json()).code], [503, "upstream_unavailable"]);
    return upstream.calls.map(({ path, body }) => [path, body]).slice(2);
  };
  assert.deepEqual(await asked(false), [["/rest/v1/rpc/abandon_purchase", { p_purchase_id: purchase_id }]]);
  assert.deepEqual(await asked(true), []);
});
