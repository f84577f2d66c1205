import * as z from "zod";
import { TokenBalance } from "../_shared/balance.ts";
import { words } from "../_shared/database.ts";
import { Time } from "../_shared/time.ts";

/** The most tokens that one adjustment by the staff moves. */
export const max_adjustment = 100_000;

const limit = z.string().regex(/^\d{1,3}$/, "A whole number").transform(Number)
  .pipe(z.int().min(1).max(100)).default(20).describe("Most rows in the page, 1 to 100");
const number_cursor = z.string().regex(/^[1-9]\d{0,15}$/, "Not a cursor of this list").transform(Number).optional()
  .describe("next_cursor of the page before");
const next_cursor = z.string().nullable().describe("Null on the last page");
const reason = z.string().min(1).max(500).describe("Why: kept with the entry, whose owner can read it");
const provider = z.enum(words.provider);
const event_id = z.string().min(1).max(255).describe("The event, as the provider names it");

/** Body of POST /support/search: one of the three. */
export const SearchRequest = z.strictObject({
  email: z.string().min(3).max(255).optional().describe("The address of an account, all of it"),
  user_id: z.guid().optional(),
  payment_id: z.string().min(1).max(255).optional().describe("A payment, as its provider names it on a receipt"),
}).refine((request) => Object.values(request).filter((value) => value !== undefined).length === 1, {
  message: "Name one of email, user_id and payment_id",
});
export type SearchRequest = z.infer<typeof SearchRequest>;

/** What a provider said of a payment, and what became of it. */
export const ProviderEvent = z.object({
  provider,
  event_id,
  fact: z.enum(words.payment_fact),
  amount_minor: z.int().nullable().describe("In the smallest unit of the currency"),
  currency: z.string().nullable(),
  livemode: z.boolean(),
  occurred_at: Time,
  received_at: Time,
  review_reason: z.string().nullable().describe("Why it changed nothing and a person should look; null where it did"),
  attempts: z.int().min(0).describe("How often it was tried again"),
  next_attempt_at: Time.nullable().describe("When it is tried again by itself"),
  found_by_reconciliation: z.boolean().describe("Whether its webhook had not come"),
});

/** Answer to POST /support/search. */
export const SearchResult = z.object({
  people: z.array(z.object({ user_id: z.guid(), email: z.string().nullable(), created_at: Time.nullable() })).max(10),
  events: z.array(ProviderEvent).max(40).describe("What the providers said of the payment that was searched for"),
});
export type SearchResult = z.infer<typeof SearchResult>;

/** Answer to GET /support/people/{id}. */
export const Person = z.object({
  user_id: z.guid(),
  email: z.string().nullable(),
  created_at: Time.nullable().describe("Null for users who were not made by Auth"),
  last_sign_in_at: Time.nullable(),
  banned_until: Time.nullable(),
  is_staff: z.boolean(),
  ...TokenBalance.shape,
});
export type Person = z.infer<typeof Person>;

/** Query of the lists that a number leads through. */
export const PageQuery = z.strictObject({ limit, cursor: number_cursor });
export type PageQuery = z.infer<typeof PageQuery>;

/** One entry of a person's ledger, as the staff sees it. */
export const PersonTransaction = z.object({
  id: z.int().positive(),
  amount: z.int().describe("Signed change of the spendable balance, in tokens"),
  balance_after: z.int().min(0).describe("The balance that this entry left, in tokens"),
  held_after: z.int().min(0).describe("What was held after this entry, in tokens"),
  debt_change: z.int().describe("Signed change of the debt, in tokens"),
  debt_after: z.int().min(0).describe("The debt that this entry left, in tokens"),
  kind: z.enum(words.entry_kind),
  hold_id: z.guid().nullable(),
  reverses: z.int().nullable().describe("The entry that this one takes back"),
  purchase_id: z.guid().nullable(),
  reference: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  requested_by: z.enum(words.requester).describe("With staff, metadata says who (actor) and why (reason)"),
  idempotency_key: z.string().nullable(),
  created_at: Time,
});

/** Answer to GET /support/people/{id}/transactions: newest first. */
export const PersonTransactions = z.object({ transactions: z.array(PersonTransaction).max(100), next_cursor });
export type PersonTransactions = z.infer<typeof PersonTransactions>;

/** Answer to GET /support/people/{id}/holds: the open ones, by the time they expire. */
export const PersonHolds = z.object({
  holds: z.array(z.object({
    id: z.guid(),
    amount: z.int().positive().describe("Whole tokens set aside"),
    placed_by: z.enum(words.hold_placer),
    reference: z.string().nullable(),
    expires_at: Time,
    created_at: Time,
  })).max(100),
});
export type PersonHolds = z.infer<typeof PersonHolds>;

/** Query of GET /support/people/{id}/purchases. */
export const PersonPurchasesQuery = z.strictObject({
  limit,
  cursor: z.string().regex(/^\d{1,13}_[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, "Not a cursor of this list").optional()
    .describe("next_cursor of the page before"),
});
export type PersonPurchasesQuery = z.infer<typeof PersonPurchasesQuery>;

/** A purchase of a person with what its provider said of it. */
export const PersonPurchase = z.object({
  id: z.guid(),
  pack_id: z.string(),
  tokens: z.int().positive(),
  price_minor: z.int().positive().describe("In the smallest unit of the currency"),
  currency: z.string(),
  provider,
  livemode: z.boolean(),
  payment_id: z.string().nullable().describe("The payment, as the provider names it; null until it is paid"),
  status: z.enum(words.purchase_status),
  refunded_minor: z.int().min(0),
  granted: z.int().min(0).describe("Whole tokens that the payment stands for at the moment"),
  created_at: Time,
  updated_at: Time,
  events: z.array(ProviderEvent).max(20).describe("The newest of them, oldest first"),
});

/** Answer to GET /support/people/{id}/purchases: newest first. */
export const PersonPurchases = z.object({ purchases: z.array(PersonPurchase).max(100), next_cursor });
export type PersonPurchases = z.infer<typeof PersonPurchases>;

/** Answer to GET /support/people/{id}/log: newest first. */
export const PersonLog = z.object({
  lines: z.array(z.object({
    id: z.int().positive(),
    staff_id: z.guid(),
    staff_email: z.string().nullable().describe("Null where the account was deleted"),
    action: z.enum(words.support_action).describe("What was looked at, or done"),
    subject: z.string().nullable().describe("The entry, the hold or the event that an action was about"),
    reason: z.string().nullable().describe("Why it was done; null for a look"),
    created_at: Time,
  })).max(100),
  next_cursor,
});
export type PersonLog = z.infer<typeof PersonLog>;

/** Body of POST /support/people/{id}/adjustments. */
export const StaffAdjustmentRequest = z.strictObject({
  amount: z.int().min(-max_adjustment).max(max_adjustment).refine((amount) => amount !== 0, "Must not be 0")
    .describe("Signed whole tokens: -100,000 to 100,000, not 0"),
  reason,
  reference: z.string().min(1).max(255).optional().describe("What the entry is for: a payment's id, say"),
});
export type StaffAdjustmentRequest = z.infer<typeof StaffAdjustmentRequest>;

/** Body of POST /support/people/{id}/transactions/{transaction_id}/reversal. */
export const StaffReversalRequest = z.strictObject({
  reason,
  allow_partial: z.boolean().default(false).describe(
    "Take back what is left of the balance where it is too short for all",
  ),
});

/** Body of POST /support/people/{id}/holds/{hold_id}/release. */
export const StaffReleaseRequest = z.strictObject({ reason });

/** Answer to every action that makes an entry: the entry, and the balance that it left. */
export const StaffEntry = TokenBalance.extend({
  transaction_id: z.int().positive().describe("The entry in the ledger"),
  amount: z.int().describe("Signed change of the spendable balance, in tokens"),
});
export type StaffEntry = z.infer<typeof StaffEntry>;

/** Body of POST /support/events/retry. */
export const RetryRequest = z.strictObject({ provider, event_id, reason });
export type RetryRequest = z.infer<typeof RetryRequest>;

/** Answer to POST /support/events/retry. */
export const RetryResult = z.object({
  outcome: z.enum(["applied", "ignored", "waiting", "review"]),
  review_reason: z.string().nullable().describe("Why it still changed nothing"),
});
export type RetryResult = z.infer<typeof RetryResult>;

/** Body of POST /support/reconcile. */
export const AskRequest = z.strictObject({ reason });

/** Answer to POST /support/reconcile. */
export const AskResult = z.object({
  is_done: z.boolean().describe("Whether all providers told all; send the request again where they did not"),
  events_missed: z.int().min(0).describe("Events whose webhook had not come, and that were applied now"),
  finding_count: z.int().min(0).describe("Differences that a person should look at"),
});
export type AskResult = z.infer<typeof AskResult>;
