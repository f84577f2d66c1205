import type * as z from "zod";
import { type DatabaseClient, unwrap } from "../_shared/clients.ts";
import type { Json } from "../_shared/database.ts";
import type { User } from "../_shared/identity.ts";
import { staffArguments } from "./database.ts";
import { type RetryRequest, RetryResult, type StaffAdjustmentRequest, StaffEntry } from "./schema.ts";

// Each of these is one call and one transaction: the effect, and its line in the support log. A known key answers as it
// did the first time. Who acts is who the verified token says.

/** What an action was answered with. */
export interface Done<Answer> {
  answer: Answer;
  /** Whether it was done before, under the same key. */
  replayed: boolean;
}

/**
 * Credits or debits a person. 402 `insufficient_tokens`, 422 `balance_limit`; as every action here 403 `own_account`,
 * 401 `session_ended`, 403 `staff_required` for whoever is no staff any more, 404 `user_not_found`,
 * 422 `idempotency_key_reused`, 429 `too_many_requests`, 503 `wallet_busy`.
 */
export async function adjust(
  database: DatabaseClient,
  caller: User,
  user_id: string,
  { amount, reason, reference }: StaffAdjustmentRequest,
  idempotency_key: string,
): Promise<Done<StaffEntry>> {
  const query = database.rpc("support_adjust", {
    ...staffArguments(caller),
    p_user_id: user_id,
    p_amount: amount,
    p_reason: reason,
    p_idempotency_key: idempotency_key,
    ...(reference !== undefined && { p_reference: reference }),
  });
  return done(StaffEntry, unwrap(await query));
}

/**
 * Takes back one entry of a person's ledger, once. 404 `transaction_not_found`, 409 `transaction_already_reversed` or
 * `transaction_not_reversible`, 402 `insufficient_tokens`, 422 `balance_limit`.
 */
export async function reverse(
  database: DatabaseClient,
  caller: User,
  user_id: string,
  { transaction_id, reason, allow_partial }: { transaction_id: number; reason: string; allow_partial: boolean },
  idempotency_key: string,
): Promise<Done<StaffEntry>> {
  const query = database.rpc("support_reverse", {
    ...staffArguments(caller),
    p_user_id: user_id,
    p_transaction_id: transaction_id,
    p_reason: reason,
    p_idempotency_key: idempotency_key,
    p_allow_partial: allow_partial,
  });
  return done(StaffEntry, unwrap(await query));
}

/** Gives all tokens of a person's hold back. 404 `hold_not_found`, 409 `hold_settled`. */
export async function releaseHold(
  database: DatabaseClient,
  caller: User,
  user_id: string,
  { hold_id, reason }: { hold_id: string; reason: string },
  idempotency_key: string,
): Promise<Done<StaffEntry>> {
  const query = database.rpc("support_release", {
    ...staffArguments(caller),
    p_user_id: user_id,
    p_hold_id: hold_id,
    p_reason: reason,
    p_idempotency_key: idempotency_key,
  });
  return done(StaffEntry, unwrap(await query));
}

/** Tries an event again that is under review. 404 `event_not_found`, 409 `event_not_in_review`. */
export async function retryEvent(
  database: DatabaseClient,
  caller: User,
  { provider, event_id, reason }: RetryRequest,
  idempotency_key: string,
): Promise<Done<RetryResult>> {
  const query = database.rpc("support_retry", {
    ...staffArguments(caller),
    p_provider: provider,
    p_event_id: event_id,
    p_reason: reason,
    p_idempotency_key: idempotency_key,
  });
  return done(RetryResult, unwrap(await query));
}

function done<Schema extends z.ZodType>(schema: Schema, answer: Json): Done<z.output<Schema>> {
  return { answer: schema.parse(answer), replayed: (answer as { replayed?: boolean }).replayed === true };
}
