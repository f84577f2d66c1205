// Goal: one bad thing in a provider's lists hides nothing behind it. Method: the provider's API and the database are
// stubbed.
import assert from "node:assert/strict";
import { asServer, platform_environment, stubUpstream } from "../_testing/upstream.ts";
import { createPayments } from "./index.ts";
import { readPaymentsSettings } from "./settings.ts";

const purchase_id = "5f0a6f3e-7f0e-4d6c-9a51-3c1f6f0f2b11";
const app = createPayments(readPaymentsSettings({
  ...platform_environment,
  PAYMENTS_API_URL: "https://pay.example/api/",
  PAYMENTS_API_KEY: "key-of-the-unit-tests",
}));

const time = "2026-11-24T12:00:00Z";
const opened = {
  ...{
    id: purchase_id,
    provider: "standard",
    livemode: false,
    since: time,
    until: time,
    stage: "events",
    cursor: null,
  },
  ...{ events_seen: 0, events_missed: 0, payments_seen: 0, purchases_seen: 0, retries_seen: 0, finding_count: 0 },
  ...{ started_at: time, finished_at: null },
};
const paid = (payment_id: string, timestamp = time) => ({
  id: `evt_${payment_id}`,
  type: "payment.paid",
  timestamp,
  data: { livemode: false, payment_id, purchase_id, amount_minor: 500, currency: "eur" },
});
const payment = (payment_id: string) => ({
  ...{ payment_id, purchase_id, amount_minor: 500, currency: "eur", livemode: false, refunded_minor: 0 },
  ...{ disputed: false, paid_at: time },
});

interface World {
  events?: unknown[];
  payments?: unknown[];
  /** What GET /payments/{id} answers. */
  answered?: Record<string, unknown>;
  /** Purchases that are credited here. */
  credited?: { payment_id: string }[];
  /** What the database answers to an event or a retry; it applies it unless said otherwise. */
  apply?: (event_id: string) => Response | undefined;
  retry?: () => Response;
}

async function reconcile({ events = [], payments = [], answered = {}, credited = [], apply, retry }: World) {
  let stage = "events";
  const findings: unknown[] = [];
  const applied: string[] = [];
  using _ = stubUpstream(({ path, body }) => {
    const [, route] = /^\/(?:api|rest\/v1)\/([^?]*)/.exec(path)!;
    if (route === "events") return Response.json({ events, next_cursor: null });
    if (route === "payments") return Response.json({ payments, next_cursor: null });
    if (route!.startsWith("payments/")) return Response.json(answered[route!.slice("payments/".length)]);
    if (route === "rpc/open_reconciliation") return Response.json(opened);
    if (route === "rpc/advance_reconciliation") {
      findings.push(...body.p_findings);
      stage = body.p_next_stage;
      return Response.json({ ...opened, stage });
    }
    if (route === "rpc/apply_payment_event") {
      const refusal = apply?.(body.p_event_id);
      if (refusal === undefined) applied.push(body.p_event_id);
      return refusal ?? Response.json({ outcome: "applied", review_reason: null });
    }
    if (route === "rpc/retry_payment_event") return retry?.() ?? Response.json([]);
    if (route === "purchases" && path.includes("price_minor")) {
      const known = { id: purchase_id, price_minor: 500, currency: "eur", refunded_minor: 0, status: "paid" };
      return Response.json(credited.map((purchase) => ({ ...known, ...purchase })));
    }
    return Response.json(route === "purchases" ? credited : []);
  });
  const response = await app.request("/payments/reconcile", { method: "POST", headers: asServer });
  return { status: response.status, body: await response.json(), stage, findings, applied };
}

Deno.test("malformed events and payments in a provider's lists are counted, and the others are read", async () => {
  const { status, body, stage, applied } = await reconcile({
    events: [paid("year_0", "0000-01-01T00:00:00Z"), { type: "payment.paid" }, null, paid("good")],
    payments: [{ ...payment("free"), amount_minor: 0 }, payment("better"), { ...payment("late"), paid_at: "+23:59" }],
    answered: { better: payment("better") },
  });
  assert.deepEqual([status, stage], [200, "done"]);
  assert.deepEqual(applied, ["evt_good", "reconciled:better"]);
  assert.deepEqual(
    body.skipped.map((line: string) => line.slice(0, line.indexOf(":"))),
    ["evt_year_0", "an item without an id", "an item without an id", "free", "late"],
  );
});

Deno.test("a payment that its provider describes badly is a finding, not an outage", async () => {
  const { status, findings } = await reconcile({
    payments: [payment("new")],
    credited: [{ payment_id: "old" }],
    answered: { new: { payment_id: "new" }, old: { ...payment("old"), amount_minor: "500" } },
  });
  assert.equal(status, 200);
  assert.deepEqual(findings, [
    {
      ...{ kind: "paid_not_credited", payment_id: "new", purchase_id: null },
      ...{ here: "its checkout is malformed", there: "500 eur" },
    },
    { kind: "amount_differs", payment_id: "old", purchase_id, here: "500 eur", there: "malformed" },
  ]);
});

Deno.test("an event or a retry that the database cannot follow stops neither the others nor the watermark", async () => {
  const overflow = () => Response.json({ code: "22003", message: "integer out of range" }, { status: 400 });
  const { status, body, stage, applied } = await reconcile({
    events: [paid("poison"), paid("good")],
    apply: (event_id) => event_id === "evt_poison" ? overflow() : undefined,
    retry: overflow,
  });
  assert.deepEqual([status, stage, applied], [200, "done", ["evt_good"]]);
  assert.equal(body.skipped.length, 2);
});

Deno.test("while the database is down a reconciliation ends with 503, and skips nothing", async () => {
  const down = () => Response.json({ code: "PGRST001", message: "no connection" }, { status: 503 });
  const { status, stage } = await reconcile({ events: [paid("good")], apply: down });
  assert.deepEqual([status, stage], [503, "events"]);
});
