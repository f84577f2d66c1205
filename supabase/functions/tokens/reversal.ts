import { unwrap } from "../_shared/clients.ts";
import type { Databases } from "./database.ts";
import type { Reversal } from "./schema.ts";

interface ReversalOf {
  user_id: string;
  transaction_id: number;
  /** Take back what is left where the balance is short. */
  allow_partial: boolean;
  /** Who decided on the reversal, and why. */
  metadata: { reason: string; actor: string };
  idempotency_key: string | undefined;
}

/**
 * Takes back one entry of the ledger, once. A known key answers as it did the first time.
 *
 * 404 `transaction_not_found`, 409 `transaction_already_reversed` or `transaction_not_reversible`,
 * 402 `insufficient_tokens`, 422 `balance_limit` or `idempotency_key_reused`, 503 `wallet_busy`.
 */
export async function reverse(
  { trusted, inTurn }: Databases,
  { user_id, transaction_id, allow_partial, metadata, idempotency_key }: ReversalOf,
): Promise<{ reversal: Reversal; replayed: boolean }> {
  const { replayed, ...reversal } = unwrap(
    await inTurn(user_id, () =>
      trusted.rpc("reverse_transaction", {
        p_user_id: user_id,
        p_transaction_id: transaction_id,
        p_allow_partial: allow_partial,
        p_metadata: metadata,
        ...(idempotency_key !== undefined && { p_idempotency_key: idempotency_key }),
      }).single()),
  );
  return { reversal, replayed };
}
