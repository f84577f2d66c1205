import { unwrap } from "../_shared/clients.ts";
import type { Json } from "../_shared/database.types.ts";
import type { Caller, User } from "../_shared/identity.ts";
import { connectDatabases } from "./database.ts";
import type { PackList, PurchaseList } from "./schema.ts";
import { settings } from "./settings.ts";

export const { trusted, readAs, anonymous } = connectDatabases(settings.platform);

/** What can be bought at the moment, cheapest first. */
export async function listPacks(): Promise<PackList> {
  const query = anonymous.from("token_packs").select("id, tokens, price_minor, currency").eq("active", true);
  return { packs: unwrap(await query.order("price_minor").order("id")) };
}

/** Who takes the money. */
export interface CheckoutProvider {
  provider: "standard" | "stripe";
  /** Whether real money moves: events of the other mode are not believed. */
  livemode: boolean;
  /** The page to send the buyer to. */
  begin(purchase: PendingPurchase): Promise<string>;
}

type PendingPurchase = Awaited<ReturnType<typeof createPurchase>>;

/** Records a purchase that is about to be paid. 404 `pack_not_found`, 401 `session_ended`. */
export async function createPurchase(user: User, pack_id: string, { provider, livemode }: CheckoutProvider) {
  return unwrap(
    await trusted.rpc("create_purchase", {
      p_user_id: user.id,
      p_pack_id: pack_id,
      p_provider: provider,
      p_livemode: livemode,
      p_session_id: user.session_id,
    }).single(),
  );
}

/** Closes a purchase whose checkout could not begin. */
export async function abandonPurchase(purchase_id: string): Promise<void> {
  unwrap(await trusted.rpc("abandon_purchase", { p_purchase_id: purchase_id }));
}

/** The newest purchases of an account. */
export async function listPurchases(caller: Caller, user_id: string, limit: number): Promise<PurchaseList> {
  const query = readAs(caller).from("purchases")
    .select("id, pack_id, tokens, price_minor, currency, status, refunded_minor, granted, created_at, updated_at")
    .eq("user_id", user_id).order("created_at", { ascending: false }).order("id").limit(limit);
  return { purchases: unwrap(await query) };
}

/** What a provider signed, in terms of the database. */
export interface PaymentEvent {
  provider: CheckoutProvider["provider"];
  event_id: string;
  fact: "paid" | "failed" | "refunded" | "refund_failed" | "dispute_opened" | "dispute_won" | "dispute_lost" | "other";
  livemode: boolean;
  occurred_at: string;
  payload: Json;
  payment_id?: string | undefined;
  purchase_id?: string | undefined;
  /** The refund or dispute it is about. */
  subject_id?: string | undefined;
  amount_minor?: number | undefined;
  currency?: string | undefined;
}

/** Stores an event and does what follows from it, in one transaction. Names the reconciliation that found it, if one did. */
export async function applyPaymentEvent(event: PaymentEvent, reconciliation_id?: string) {
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

/** Postgres holds neither NUL nor half a surrogate pair: an event that was signed is kept all the same. */
function storable(payload: Json): Json {
  return JSON.parse(
    JSON.stringify(payload),
    (_, value) => typeof value === "string" ? value.replaceAll("\0", "\ufffd").toWellFormed() : value,
  );
}
