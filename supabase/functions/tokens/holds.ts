import { unwrap } from "../_shared/clients.ts";
import type { Caller } from "../_shared/identity.ts";
import { Problem } from "../_shared/problem.ts";
import type { Databases } from "./database.ts";
import type { Hold, HoldChange, HoldPage, HoldRequest, HoldsQuery } from "./schema.ts";

interface Change {
  hold: HoldChange;
  replayed: boolean;
}

/** Sets tokens aside. 402 `insufficient_tokens`, 401 `session_ended`, 404 `user_not_found`. */
export async function placeHold(
  databases: Databases,
  caller: Caller,
  user_id: string,
  { amount, ttl_seconds, reference, metadata }: Omit<HoldRequest, "user_id">,
  idempotency_key: string | undefined,
): Promise<Change> {
  const { replayed, ...hold } = unwrap(
    await databases.trusted.rpc("hold_tokens", {
      p_user_id: user_id,
      p_amount: amount,
      p_ttl_seconds: ttl_seconds,
      p_metadata: metadata ?? {},
      ...(idempotency_key !== undefined && { p_idempotency_key: idempotency_key }),
      ...(reference !== undefined && { p_reference: reference }),
      ...(caller.kind === "user" && { p_session_id: caller.session_id }),
    }).single(),
  );
  return { hold: hold, replayed };
}

interface Settlement {
  user_id: string;
  hold_id: string;
  status: "captured" | "released";
  /** Whole tokens to capture; all that is held by default. */
  amount?: number | undefined;
  idempotency_key: string | undefined;
}

/** Captures or releases a hold. 404 `hold_not_found`, 409 `hold_settled`, 402 `insufficient_tokens`. */
export async function settleHold(
  databases: Databases,
  caller: Caller,
  { user_id, hold_id, status, amount, idempotency_key }: Settlement,
): Promise<Change> {
  const { replayed, ...hold } = unwrap(
    await databases.trusted.rpc("settle_hold", {
      p_user_id: user_id,
      p_hold_id: hold_id,
      p_status: status,
      ...(amount !== undefined && { p_amount: amount }),
      ...(idempotency_key !== undefined && { p_idempotency_key: idempotency_key }),
      ...(caller.kind === "user" && { p_session_id: caller.session_id }),
    }).single(),
  );
  return { hold: hold, replayed };
}

const columns = "id, amount, captured_amount, status, expires_at, reference, metadata, created_at, settled_at";

/** A hold as it is now. 404 `hold_not_found`. */
export async function readHold(databases: Databases, caller: Caller, user_id: string, hold_id: string): Promise<Hold> {
  const query = databases.readAs(caller).from("token_hold_states").select(columns).eq("user_id", user_id).eq(
    "id",
    hold_id,
  );
  const hold = unwrap(await query.maybeSingle());
  if (hold === null) throw new Problem("hold_not_found");
  return hold;
}

/** A page of an account's holds, newest first. */
export async function listHolds(
  databases: Databases,
  caller: Caller,
  user_id: string,
  { status, limit, cursor }: Omit<HoldsQuery, "user_id">,
): Promise<HoldPage> {
  let query = databases.readAs(caller).from("token_hold_states").select(columns).eq("user_id", user_id);
  if (status !== undefined) query = query.eq("status", status);
  if (cursor !== undefined) {
    const [ms, id] = cursor.split("_");
    const created_at = new Date(Number(ms)).toISOString();
    query = query.or(`created_at.lt.${created_at},and(created_at.eq.${created_at},id.lt.${id})`);
  }
  const page = query.order("created_at", { ascending: false }).order("id", { ascending: false }).limit(limit + 1);
  const holds = unwrap(await page);
  const more = holds.length > limit;
  if (more) holds.pop();
  const last = holds.at(-1);
  return { holds, next_cursor: more && last ? `${Date.parse(last.created_at)}_${last.id}` : null };
}
