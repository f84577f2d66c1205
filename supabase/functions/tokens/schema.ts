import * as z from "zod";
import { TokenBalance } from "../_shared/balance.ts";
import { JsonObject } from "../_shared/body.ts";
import { words } from "../_shared/database.ts";
import { Time } from "../_shared/time.ts";

const max_amount = 1_000_000_000;
const amount = z.int().min(1).max(max_amount).describe("Whole tokens, 1 to 1,000,000,000");
const reference = z.string().min(1).max(255).describe("What the entry is for, in the client's own words");
const metadata = JsonObject.describe("Any JSON object of at most 16 KiB, kept with the entry");
const user_id = z.guid().describe("The account to act on: required from servers, refused from users");
const limit = z.string().regex(/^\d{1,3}$/, "A whole number").transform(Number)
  .pipe(z.int().min(1).max(100)).default(20).describe("Most rows in the page, 1 to 100");

/** Query of routes that only need to know the account. */
export const AccountQuery = z.strictObject({ user_id: user_id.optional() });

/** Body of POST /tokens/add. */
export const AddTokensRequest = z.strictObject({
  amount,
  reference: reference.optional(),
  metadata: metadata.optional(),
  user_id: user_id.optional(),
});

/** Body of POST /tokens/deduct. */
export const DeductTokensRequest = AddTokensRequest;

/** Answer to every route that writes one entry: the balance that the entry left. */
export const TokenAdjustment = TokenBalance.extend({
  transaction_id: z.int().positive().describe("The entry in the ledger"),
});
export type TokenAdjustment = z.infer<typeof TokenAdjustment>;

/** Query of GET /tokens/transactions.csv: which entries of which account. */
export const TransactionFilter = z.strictObject({
  kind: z.enum(words.entry_kind).optional().describe("Only entries of this kind"),
  from: Time.optional().describe("Only entries at or after this time"),
  to: Time.optional().describe("Only entries before this time"),
  user_id: user_id.optional(),
});
export type TransactionFilter = z.infer<typeof TransactionFilter>;

/** Query of GET /tokens/transactions. */
export const TransactionsQuery = TransactionFilter.extend({
  limit,
  cursor: z.string().regex(/^[1-9]\d{0,15}$/, "Not a cursor of this list").transform(Number).optional()
    .describe("next_cursor of the page before"),
});
export type TransactionsQuery = z.infer<typeof TransactionsQuery>;

/** One entry of the ledger. */
export const Transaction = z.object({
  id: z.int().positive(),
  amount: z.int().describe("Signed change of the spendable balance, in tokens"),
  balance_after: z.int().min(0).describe("The balance that this entry left, in tokens"),
  held_after: z.int().min(0).describe("What was held after this entry, in tokens"),
  debt_change: z.int().describe("Signed change of the debt, in tokens: a credit pays the debt first"),
  debt_after: z.int().min(0).describe("The debt that this entry left, in tokens"),
  kind: z.enum(words.entry_kind),
  hold_id: z.guid().nullable().describe("The hold that this entry begins or ends"),
  reverses: z.int().nullable().describe("The entry that this one takes back"),
  purchase_id: z.guid().nullable().describe("The purchase that this entry credits or takes back"),
  reference: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  created_at: Time,
});
export type Transaction = z.infer<typeof Transaction>;

/** Answer to GET /tokens/transactions: newest first. */
export const TransactionPage = z.object({
  transactions: z.array(Transaction).max(100),
  next_cursor: z.string().nullable().describe("Null on the last page"),
});
export type TransactionPage = z.infer<typeof TransactionPage>;

/** Query of GET /tokens/balance_at. */
export const BalanceAtQuery = z.strictObject({ time: Time, user_id: user_id.optional() });

/** Answer to GET /tokens/balance_at. */
export const BalanceAt = TokenBalance.omit({ updated_at: true }).extend({ time: Time });
export type BalanceAt = z.infer<typeof BalanceAt>;

const account_of_operation = z.strictObject({
  user_id,
  reason: z.string().min(1).max(1_000).describe("Why, for those who read the history"),
  actor: z.string().min(1).max(255).describe("Who decided it: a person or a system"),
});

/** Body of POST /tokens/adjustments. */
export const AdjustmentRequest = account_of_operation.extend({
  amount: z.int().min(-max_amount).max(max_amount).refine((amount) => amount !== 0, "Must not be 0")
    .describe("Signed whole tokens: -1,000,000,000 to 1,000,000,000, not 0"),
  reference: reference.optional(),
});

/** Body of POST /tokens/transactions/{id}/reversal. */
export const ReversalRequest = account_of_operation.extend({
  allow_partial: z.boolean().default(false).describe(
    "Take back what is left of the balance where it is too short for all",
  ),
});

/** Answer to a reversal. */
export const Reversal = TokenAdjustment.extend({
  amount: z.int().describe("Signed change of the spendable balance, in tokens"),
});
export type Reversal = z.infer<typeof Reversal>;

/** Body of POST /tokens/holds. */
export const HoldRequest = z.strictObject({
  amount,
  ttl_seconds: z.int().min(1).max(86_400).default(900).describe("Seconds until the hold expires, 1 to 86,400"),
  reference: reference.optional(),
  metadata: metadata.optional(),
  user_id: user_id.optional(),
});
export type HoldRequest = z.infer<typeof HoldRequest>;

/** Body of POST /tokens/holds/{id}/capture. */
export const CaptureRequest = z.strictObject({
  amount: amount.optional().describe(
    "Whole tokens to spend: by default all that is held, at most that and the balance",
  ),
  user_id: user_id.optional(),
});

/** Body of POST /tokens/holds/{id}/release. */
export const ReleaseRequest = z.strictObject({ user_id: user_id.optional() });

const status = z.enum(words.hold_status);

/** Answer to every route that changes a hold: the hold, and the balance that the change left. */
export const HoldChange = z.object({
  id: z.guid(),
  amount: z.int().min(1).max(max_amount).describe("Whole tokens set aside"),
  captured_amount: z.int().nullable().describe("Whole tokens spent in the end; null unless the hold was captured"),
  status,
  placed_by: z.enum(words.hold_placer).describe("Who may settle it: what a server placed, only a server settles"),
  expires_at: Time,
  ...TokenBalance.omit({ updated_at: true }).shape,
});
export type HoldChange = z.infer<typeof HoldChange>;

/** A hold as it is now. */
export const Hold = HoldChange.omit({ token: true, held: true, debt: true }).extend({
  reference: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  created_at: Time,
  settled_at: Time.nullable(),
});
export type Hold = z.infer<typeof Hold>;

/** Query of GET /tokens/holds. */
export const HoldsQuery = z.strictObject({
  status: status.optional().describe("Only holds in this state"),
  limit,
  cursor: z.guid("Not a cursor of this list").optional().describe("next_cursor of the page before"),
  user_id: user_id.optional(),
});
export type HoldsQuery = z.infer<typeof HoldsQuery>;

/** Answer to GET /tokens/holds: newest first. */
export const HoldPage = z.object({ holds: z.array(Hold).max(100), next_cursor: z.string().nullable() });
export type HoldPage = z.infer<typeof HoldPage>;

/** Body of PUT /tokens/low_balance_threshold. */
export const ThresholdRequest = z.strictObject({
  threshold: z.int().min(1).max(2_147_483_647).nullable().describe("Whole tokens; null for no notices"),
  user_id: user_id.optional(),
});

/** Answer to GET and PUT /tokens/low_balance_threshold. */
export const Threshold = z.object({ threshold: z.int().positive().nullable() });

/** Answer to POST /tokens/notices/deliver. */
export const NoticeDelivery = z.object({
  delivered: z.int().min(0).describe("How many notices the receiver took"),
  failed: z.int().min(0).describe("How many notices the receiver did not take this time"),
});
export type NoticeDelivery = z.infer<typeof NoticeDelivery>;
