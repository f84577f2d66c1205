import type { JsonObject } from "../_shared/body.ts";
import type { Caller } from "../_shared/identity.ts";
import { unwrap } from "../_shared/clients.ts";
import type { Databases } from "./database.ts";
import type { TokenAdjustment } from "./schema.ts";

interface Change {
  /** Signed tokens: positive to add, negative to deduct. */
  amount: number;
  reference?: string | undefined;
  metadata?: JsonObject | undefined;
}

/**
 * Changes a balance and writes the ledger, in one call and one transaction. A known key answers as it did the first
 * time.
 *
 * 402 `insufficient_tokens`, 422 `balance_limit` or `idempotency_key_reused`, 401 `session_ended`,
 * 404 `user_not_found`, 503 `wallet_busy`.
 */
export async function adjust(
  { trusted, inTurn }: Databases,
  caller: Caller,
  user_id: string,
  kind: "add" | "deduct" | "adjustment",
  { amount, reference, metadata }: Change,
  idempotency_key: string | undefined,
): Promise<{ adjustment: TokenAdjustment; replayed: boolean }> {
  const { replayed, ...adjustment } = unwrap(
    await inTurn(user_id, () =>
      trusted.rpc("adjust_tokens", {
        p_user_id: user_id,
        p_amount: amount,
        p_kind: kind,
        p_metadata: metadata ?? {},
        ...(idempotency_key !== undefined && { p_idempotency_key: idempotency_key }),
        ...(reference !== undefined && { p_reference: reference }),
        // A user spends only while the session is signed in: the token alone outlives it.
        ...(caller.kind === "user" && { p_session_id: caller.session_id }),
      }).single()),
  );
  return { adjustment, replayed };
}
