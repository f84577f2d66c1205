import { type DatabaseClient, unwrap } from "../_shared/clients.ts";
import type { Json } from "../_shared/database.ts";
import type { PaymentEvent } from "./providers/provider.ts";

/**
 * Stores an event and does what follows from it, in one transaction. `reconciliation_id` names the reconciliation that
 * found the event; undefined for a webhook. Takes a client with the secret key.
 */
export async function applyPaymentEvent(trusted: DatabaseClient, event: PaymentEvent, reconciliation_id?: string) {
  return unwrap(
    await trusted.rpc("apply_payment_event", {
      p_provider: event.provider,
      p_event_id: event.event_id,
      p_fact: event.fact,
      p_livemode: event.livemode,
      p_occurred_at: event.occurred_at,
      p_payload: storable(event.payload),
      ...(event.payment_id !== undefined && { p_payment_id: event.payment_id }),
      ...(event.purchase_id !== undefined && { p_purchase_id: event.purchase_id }),
      ...(event.subject_id !== undefined && { p_subject_id: event.subject_id }),
      ...(event.amount_minor !== undefined && { p_amount_minor: event.amount_minor }),
      ...(event.currency !== undefined && { p_currency: event.currency }),
      ...(reconciliation_id !== undefined && { p_reconciliation_id: reconciliation_id }),
    }).single(),
  );
}

/**
 * The payload without NUL and half surrogate pairs, which Postgres cannot hold: what was signed is kept all the same.
 */
function storable(payload: Json): Json {
  return JSON.parse(
    JSON.stringify(payload),
    (_, value) => typeof value === "string" ? value.replaceAll("\0", "\ufffd").toWellFormed() : value,
  );
}
