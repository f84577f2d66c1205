/**
 * A shop of Tally that sells through Stripe, for one test file: the payments function and Stripe's own package in this
 * process, a `StripeAccount` in the place of api.stripe.com. Database and REST are those of the stack.
 */
import assert from "node:assert/strict";
import type Stripe from "stripe";
import { createPayments } from "../../../supabase/functions/payments/index.ts";
import { readPaymentsSettings } from "../../../supabase/functions/payments/settings.ts";
import { functionEnvironment } from "../own_stack.ts";
import { asServer, newUser, secret_key, sql, stack } from "../stack.ts";
import { stripe_environment, StripeAccount, webhookRequest } from "./account.ts";

export const account = new StripeAccount();
account.takeThePlaceOfStripe();
const app = createPayments(readPaymentsSettings({ ...await functionEnvironment(stack), ...stripe_environment }));

/** A pack that nobody else sells. */
export const pack_id = `stripe-${crypto.randomUUID()}`;
await asServer("POST", "/rest/v1/token_packs", {
  body: { id: pack_id, tokens: 100, price_minor: 500, currency: "eur", stripe_price_id: `price_${pack_id}` },
});

/** Calls the payments function of this process. */
export async function send(method: string, path: string, body: unknown, headers: Record<string, string>) {
  const response = await app.request(`/payments${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** A fresh user in front of Stripe's page. */
export async function newCheckout() {
  const user = await newUser();
  const bearer = { authorization: `Bearer ${user.access_token}` };
  const { status, body } = await send("POST", "/checkout", { pack_id }, bearer);
  assert.equal(status, 201);
  const session = account.sessions.find(({ client_reference_id }) => client_reference_id === body.purchase_id)!;
  assert.equal(body.checkout_url, session.url);
  return { user, session, purchase_id: body.purchase_id as string };
}

/** A fresh user who paid, and whose webhook nobody got. */
export async function newPayment() {
  const checkout = await newCheckout();
  const event = account.pay(checkout.session.id);
  return { ...checkout, event, payment_id: checkout.session.payment_intent as string };
}

/** Tells an event as Stripe does; returns its outcome. */
export async function deliver(event: Stripe.Event) {
  const response = await app.request("/payments/webhooks/stripe", await webhookRequest(JSON.stringify(event)));
  assert.equal(response.status, 200);
  return (await response.json()).outcome;
}

/** Reconciles up to `max_pages` pages. */
export async function reconcile(max_pages = 100) {
  const { status, body } = await send("POST", "/reconcile", { max_pages }, { apikey: secret_key });
  return { status, body, report: body.reconciliations?.[0] };
}

/** Reconciles from a new watermark to the end. */
export async function reconcileAll() {
  let { report } = await reconcile();
  while (report.stage !== "done") report = (await reconcile()).report;
  return report;
}

/** What a reconciliation found about a payment. */
export async function findingsOf(payment_id: string, report: { id: string }) {
  const findings = await sql`
    select kind, here, there from payment_findings where reconciliation_id = ${report.id} and payment_id = ${payment_id}
  `;
  return findings.map((finding) => ({ ...finding }));
}

/** The balance of a user less the debt. */
export async function balanceOf({ id }: { id: string }) {
  const [wallet] = await sql`select token - debt as token from user_tokens where user_id = ${id}`;
  return wallet!.token;
}
