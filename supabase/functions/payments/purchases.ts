import { type DatabaseClient, unwrap } from "../_shared/clients.ts";
import type { User } from "../_shared/identity.ts";
import type { Provider } from "./providers/provider.ts";
import type { PackList, PurchaseList } from "./schema.ts";

/** The packs that are for sale, cheapest first. */
export async function listPacks(database: DatabaseClient): Promise<PackList> {
  const query = database.from("token_packs").select("id, tokens, price_minor, currency").eq("active", true);
  return { packs: unwrap(await query.order("price_minor").order("id")) };
}

/**
 * Records a pending purchase, or finds the one that the idempotency key began. Takes a client with the secret key.
 * 404 `pack_not_found`, 401 `session_ended`, 409 `purchase_limit` or `purchase_ended`, 422 `idempotency_key_reused`.
 */
export async function createPurchase(
  trusted: DatabaseClient,
  user: User,
  pack_id: string,
  { name, livemode }: Pick<Provider, "name" | "livemode">,
  idempotency_key: string | undefined,
) {
  return unwrap(
    await trusted.rpc("create_purchase", {
      p_user_id: user.id,
      p_pack_id: pack_id,
      p_provider: name,
      p_livemode: livemode,
      ...(idempotency_key !== undefined && { p_idempotency_key: idempotency_key }),
      p_session_id: user.session_id,
    }).single(),
  );
}

/** Closes a pending purchase whose checkout could not begin. Takes a client with the secret key. */
export async function abandonPurchase(trusted: DatabaseClient, purchase_id: string): Promise<void> {
  unwrap(await trusted.rpc("abandon_purchase", { p_purchase_id: purchase_id }));
}

/** The newest purchases of an account, through a client that may see them. */
export async function listPurchases(database: DatabaseClient, user_id: string, limit: number): Promise<PurchaseList> {
  const query = database.from("purchases")
    .select(
      "id, pack_id, tokens, price_minor, currency, provider, payment_id, status, refunded_minor, granted, created_at, updated_at",
    )
    .eq("user_id", user_id).order("created_at", { ascending: false }).order("id").limit(limit);
  return { purchases: unwrap(await query) };
}
