import { openWallet, readBalance, type TokenBalance } from "../_shared/balance.ts";
import type { JsonObject } from "../_shared/body.ts";
import { unwrap } from "../_shared/clients.ts";
import type { Caller } from "../_shared/identity.ts";
import type { Databases } from "./database.ts";
import type { TokenAdjustment, TransactionPage, TransactionsQuery } from "./schema.ts";

/** The balance of an account, at 0 where its wallet was never opened. 404 `user_not_found`. */
export async function balanceOf(databases: Databases, caller: Caller, user_id: string): Promise<TokenBalance> {
  return await readBalance(databases.readAs(caller), user_id) ?? await openWallet(databases.trusted, user_id);
}

interface Change {
  /** Signed tokens: positive to add, negative to deduct. */
  amount: number;
  reference?: string | undefined;
  metadata?: JsonObject | undefined;
}

/**
 * Changes a balance and writes the ledger, in one call and one transaction.
 *
 * 402 `insufficient_tokens`, 422 `balance_limit` or `idempotency_key_reused`,
 * 401 `session_ended`, 404 `user_not_found`. A known key answers as it did the first time.
 */
export async function adjust(
  databases: Databases,
  caller: Caller,
  user_id: string,
  kind: "add" | "deduct" | "adjustment",
  { amount, reference, metadata }: Change,
  idempotency_key: string | undefined,
): Promise<{ adjustment: TokenAdjustment; replayed: boolean }> {
  const { replayed, ...adjustment } = unwrap(
    await databases.trusted.rpc("adjust_tokens", {
      p_user_id: user_id,
      p_amount: amount,
      p_kind: kind,
      p_metadata: metadata ?? {},
      ...(idempotency_key !== undefined && { p_idempotency_key: idempotency_key }),
      ...(reference !== undefined && { p_reference: reference }),
      // A user spends only while the session is signed in: the token alone outlives it.
      ...(caller.kind === "user" && { p_session_id: caller.session_id }),
    }).single(),
  );
  return { adjustment, replayed };
}

const transaction_columns =
  "id, amount, balance_after, held_after, kind, hold_id, reverses, purchase_id, reference, metadata, created_at";

/** A page of an account's ledger, newest first. */
export async function listTransactions(
  databases: Databases,
  caller: Caller,
  user_id: string,
  { limit, cursor, kind, from, to }: Omit<TransactionsQuery, "user_id">,
): Promise<TransactionPage> {
  let query = databases.readAs(caller).from("token_transactions")
    .select(transaction_columns)
    .eq("user_id", user_id);
  if (cursor !== undefined) query = query.lt("id", cursor);
  if (kind !== undefined) query = query.eq("kind", kind);
  if (from !== undefined) query = query.gte("created_at", from);
  if (to !== undefined) query = query.lt("created_at", to);
  // One more than asked for tells whether there is a next page.
  const page = query.order("id", { ascending: false }).limit(limit + 1);
  const transactions = unwrap(await page);
  const more = transactions.length > limit;
  if (more) transactions.pop();
  return { transactions, next_cursor: more ? String(transactions.at(-1)!.id) : null };
}
