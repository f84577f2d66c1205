// Goal: only what the provider signed, as it signed it and now, gets to the database. Method: its own signing code, no
// network.
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { platform_environment, secret_key, stubUpstream } from "../../_testing/upstream.ts";
import { createPayments } from "../index.ts";
import { readPaymentsSettings } from "../settings.ts";

const current = "whsec_" + btoa("the secret that is used from now on");
const previous = "whsec_" + btoa("the secret that is being replaced");
const app = createPayments(
  readPaymentsSettings({ ...platform_environment, PAYMENTS_WEBHOOK_SECRETS: `${current} ${previous}` }),
);

const purchase_id = "5f0a6f3e-7f0e-4d6c-9a51-3c1f6f0f2b11";
const paid = {
  type: "payment.paid",
  timestamp: "2026-11-24T12:00:00Z",
  data: { livemode: false, payment_id: "pay_1", purchase_id, amount_minor: 500, currency: "eur" },
};

interface Delivery {
  id?: string;
  at?: Date;
  secret?: string;
  /** What is signed; `body` is what is sent. */
  signed?: string;
  body?: string;
  headers?: Record<string, string>;
  to?: typeof app;
}

async function deliver(
  { id = "evt_1", at = new Date(), secret = current, signed, body, headers, to = app }: Delivery = {},
) {
  const text = signed ?? JSON.stringify(paid);
  const response = await to.request("/payments/webhooks/standard", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": new Webhook(secret).sign(id, at, text),
      ...headers,
    },
    body: body ?? text,
  });
  return { status: response.status, body: await response.json() };
}

const stubDatabase = (outcome = "applied", review_reason: string | null = null) =>
  stubUpstream(() => Response.json({ outcome, review_reason }));

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);

Deno.test("a signed event is stored and applied in one call, with the secret key", async () => {
  using upstream = stubDatabase();
  const { status, body } = await deliver();
  assert.equal(status, 200);
  assert.deepEqual(body, { outcome: "applied" });
  assert.equal(upstream.calls.length, 1);
  assert.equal(upstream.calls[0]!.path, "/rest/v1/rpc/apply_payment_event");
  assert.equal(upstream.calls[0]!.headers.get("apikey"), secret_key);
  assert.deepEqual(upstream.calls[0]!.body, {
    p_provider: "standard",
    p_event_id: "evt_1",
    p_fact: "paid",
    p_livemode: false,
    p_occurred_at: paid.timestamp,
    p_payload: paid,
    p_payment_id: "pay_1",
    p_purchase_id: purchase_id,
    p_amount_minor: 500,
    p_currency: "eur",
  });
});

Deno.test("while secrets are rotated both sign, and one of several signatures is enough", async () => {
  using _ = stubDatabase();
  assert.equal((await deliver({ secret: previous })).status, 200);
  const at = new Date();
  const text = JSON.stringify(paid);
  const foreign = "v1," + btoa("of a secret that is unknown here");
  const signature = `${foreign} v2,abc ${new Webhook(current).sign("evt_1", at, text)}`;
  assert.equal((await deliver({ at, headers: { "webhook-signature": signature } })).status, 200);
});

Deno.test("bad signatures are refused, and nothing is called", async () => {
  using upstream = stubDatabase();
  const text = JSON.stringify(paid);
  const raised = text.replace("500", "501");
  const bad: Record<string, Delivery> = {
    "forged with another secret": { secret: "whsec_" + btoa("a secret that nobody gave to us") },
    "altered by one byte": { body: raised },
    "re-serialised": { body: JSON.stringify(paid, null, 1) },
    "with a byte added": { body: text + " " },
    "of another id": { headers: { "webhook-id": "evt_2" } },
    "of another time": { headers: { "webhook-timestamp": String(Math.floor(Date.now() / 1_000) - 1) } },
    "replayed after the tolerance": { at: ago(301) },
    "from the future": { at: ago(-310) },
    "without a signature": { headers: { "webhook-signature": "" } },
    "of an unknown version": { headers: { "webhook-signature": "v9,abc" } },
    "with half a signature": { headers: { "webhook-signature": "v1" } },
    "with a dot in its id": { id: "evt.1" },
    "without an id": { id: "" },
    "with a time that is none": { headers: { "webhook-timestamp": "now" } },
  };
  for (const [name, delivery] of Object.entries(bad)) {
    const { status, body } = await deliver(delivery);
    assert.equal(status, 400, name);
    assert.equal(body.code, "invalid_webhook", name);
  }
  assert.deepEqual(upstream.calls, []);
});

Deno.test("a signed body that is no event, of another type or too large is refused", async () => {
  using upstream = stubDatabase();
  const of_data = (data: Record<string, unknown>) => JSON.stringify({ ...paid, data: { ...paid.data, ...data } });
  assert.equal((await deliver({ signed: "{" })).status, 400);
  assert.equal((await deliver({ headers: { "content-type": "text/plain" } })).status, 415);
  assert.equal((await deliver({ signed: JSON.stringify({ ...paid, more: "x".repeat(70_000) }) })).status, 413);
  for (
    const signed of [
      "[]",
      JSON.stringify({ type: "payment.paid" }),
      of_data({ amount_minor: "500" }),
      of_data({ amount_minor: -500 }),
      of_data({ purchase_id: "mine" }),
      of_data({ currency: "EUR" }),
      of_data({ livemode: undefined }),
      ...["0000-01-01T00:00:00Z", "2026-11-24T12:00:00+16:00", "2026-11-24T12:00:00-23:59", "tomorrow", 1_795_521_600]
        .map((
          timestamp,
        ) => JSON.stringify({ ...paid, timestamp })),
      JSON.stringify({ type: "customer.created", timestamp: "0000-01-01T00:00:00Z" }),
      JSON.stringify(paid).replace("{", `{"deep":${"[".repeat(8_000)}${"]".repeat(8_000)},`),
    ]
  ) {
    const { status, body } = await deliver({ signed });
    assert.deepEqual([status, body.code], [422, "validation_failed"], signed.slice(0, 200));
  }
  assert.deepEqual(upstream.calls, []);
});

Deno.test("an event of a type that does not matter is stored as such", async () => {
  using upstream = stubDatabase("ignored");
  const signed = JSON.stringify({ type: "customer.created", timestamp: paid.timestamp, data: { amount_minor: 500 } });
  assert.equal((await deliver({ signed })).status, 200);
  assert.equal(upstream.calls[0]!.body.p_fact, "other");
  assert.equal(upstream.calls[0]!.body.p_amount_minor, undefined);
});

Deno.test("an event with characters that Postgres cannot hold is stored without them", async () => {
  using upstream = stubDatabase();
  const signed = JSON.stringify({ ...paid, buyer: "Ada\0Lovelace \ud800" });
  assert.equal((await deliver({ signed })).status, 200);
  assert.equal(upstream.calls[0]!.body.p_payload.buyer, "Ada\ufffdLovelace \ufffd");
});

Deno.test("an event that could not be stored is answered 503, so that it comes again", async () => {
  using _ = stubUpstream(() => {
    throw new TypeError("connection refused");
  });
  assert.equal((await deliver()).status, 503);
});

Deno.test("webhooks signed with a blank or short secret are answered 503, not believed", async () => {
  using upstream = stubDatabase();
  const short = "whsec_" + btoa("too short");
  for (const PAYMENTS_WEBHOOK_SECRETS of [undefined, "", ` ${short} whsec_ ,`]) {
    const closed = createPayments(readPaymentsSettings({ ...platform_environment, PAYMENTS_WEBHOOK_SECRETS }));
    const { status, body } = await deliver({ secret: short, to: closed });
    assert.deepEqual([status, body.code], [503, "misconfigured"]);
  }
  assert.deepEqual(upstream.calls, []);
});
