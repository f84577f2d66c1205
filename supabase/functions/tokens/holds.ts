import type { Caller } from "../_shared/identity.ts";
import { unwrap } from "../_shared/clients.ts";
import { Problem } from "../_shared/problem.ts";
import type { Databases } from "./database.ts";
import { readPage } from "./pages.ts";
import type { Hold, HoldChange, HoldPage, HoldRequest, HoldsQuery } from "./schema.ts";

interface Change {
  hold: HoldChange;
  replayed: boolean;
}

/**
 * Sets tokens of an account aside. A known key answers as it did the first time.
 *
 * 402 `insufficient_tokens`, 409 `hold_limit`, 401 `session_ended`, 404 `user_not_found`,
 * 422 `idempotency_key_reused`, 503 `wallet_busy`.
 */
export async function placeHold(
  { trusted, inTurn }: Databases,
  caller: Caller,
  user_id: string,
  { amount, ttl_seconds, reference, metadata }: Omit<HoldRequest, "user_id">,
  idempotency_key: string | undefined,
): Promise<Change> {
  const { replayed, ...hold } = unwrap(
    await inTurn(user_id, () =>
      trusted.rpc("hold_tokens", {
        p_user_id: user_id,
        p_amount: amount,
        p_ttl_seconds: ttl_seconds,
        p_metadata: metadata ?? {},
        ...(idempotency_key !== undefined && { p_idempotency_key: idempotency_key }),
        ...(reference !== undefined && { p_reference: reference }),
        ...(caller.kind === "user" && { p_session_id: caller.session_id }),
      }).single()),
  );
  return { hold, replayed };
}

export interface Settlement {
  user_id: string;
  hold_id: string;
  status: "captured" | "released";
  /** Whole tokens to capture; all that is held by default. */
  amount?: number | undefined;
  idempotency_key: string | undefined;
}

/**
 * Captures or releases a hold. A known key answers as it did the first time.
 *
 * 404 `hold_not_found`, 409 `hold_settled`, 403 `hold_of_server` where a user settles what a server placed,
 * 402 `insufficient_tokens`, 401 `session_ended`, 422 `idempotency_key_reused`, 503 `wallet_busy`.
 */
export async function settleHold(
  { trusted, inTurn }: Databases,
  caller: Caller,
  { user_id, hold_id, status, amount, idempotency_key }: Settlement,
): Promise<Change> {
  const { replayed, ...hold } = unwrap(
    await inTurn(user_id, () =>
      trusted.rpc("settle_hold", {
        p_user_id: user_id,
        p_hold_id: hold_id,
        p_status: status,
        ...(amount !== undefined && { p_amount: amount }),
        ...(idempotency_key !== undefined && { p_idempotency_key: idempotency_key }),
        ...(caller.kind === "user" && { p_session_id: caller.session_id }),
      }).single()),
  );
  return { hold, replayed };
}

const columns =
  "id, amount, captured_amount, status, placed_by, expires_at, reference, metadata, created_at, settled_at";

/** One hold as it is now. 404 `hold_not_found`. */
export async function readHold(
  { readAs }: Databases,
  caller: Caller,
  user_id: string,
  hold_id: string,
): Promise<Hold> {
  const query = readAs(caller).from("token_hold_states").select(columns).eq("user_id", user_id).eq("id", hold_id);
  const hold = unwrap(await query.maybeSingle());
  if (hold === null) throw new Problem("hold_not_found");
  return hold;
}

/** One page of an account's holds, newest first. */
export async function listHolds(
  { readAs }: Databases,
  caller: Caller,
  user_id: string,
  { status, limit, cursor }: Omit<HoldsQuery, "user_id">,
): Promise<HoldPage> {
  const { rows, next_cursor } = await readPage<Hold, string>(
    {
      read: async (before_id, limit) => {
        const page = readAs(caller).rpc("list_holds", {
          p_user_id: user_id,
          p_limit: limit,
          ...(status !== undefined && { p_status: status }),
          ...(before_id !== undefined && { p_before_id: before_id }),
        });
        return unwrap(await page.select(columns));
      },
      // Ids are in the order of time.
      cursorOf: ({ id }) => id,
    },
    cursor,
    limit,
  );
  return { holds: rows, next_cursor };
}
