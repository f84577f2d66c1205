import * as z from "zod";
import { TokenBalance } from "../_shared/balance.ts";
import { JsonObject } from "../_shared/body.ts";

const amount = z.int().min(1).max(1_000_000_000).describe("Whole tokens, 1 to 1,000,000,000");
const reference = z.string().min(1).max(255).describe("What the entry is for, in the client's own words");
const user_id = z.guid().describe("The account to act on: required from servers, refused from users");

/** Body of POST /tokens/add. */
export const AddTokensRequest = z.strictObject({
  amount,
  reference: reference.optional(),
  metadata: JsonObject.optional().describe("Any JSON object, kept with the entry"),
  user_id: user_id.optional(),
});

/** Body of POST /tokens/deduct. */
export const DeductTokensRequest = AddTokensRequest;

/** The `Idempotency-Key` header without its quotes (IETF draft idempotency-key-header, section 2.1). */
export const IdempotencyKey = z.string().regex(/^[\x20-\x7e]{1,255}$/, "1 to 255 printable ASCII characters");

/** Answer to an add or a deduct: the balance that this entry left. */
export const TokenAdjustment = TokenBalance.extend({
  transaction_id: z.int().positive().describe("The entry in the ledger"),
});
export type TokenAdjustment = z.infer<typeof TokenAdjustment>;

/** Query of GET /tokens. */
export const BalanceQuery = z.object({ user_id: user_id.optional() });

const kind = z.enum(["add", "deduct", "closing"]);

/** Query of GET /tokens/transactions. */
export const TransactionsQuery = z.object({
  limit: z.string().regex(/^\d{1,3}$/, "A whole number").transform(Number)
    .pipe(z.int().min(1).max(100)).default(20).describe("Entries per page, 1 to 100"),
  cursor: z.string().regex(/^[1-9]\d{0,15}$/, "Not a cursor of this list").transform(Number).optional()
    .describe("next_cursor of the page before"),
  kind: kind.optional().describe("Only entries of this kind"),
  user_id: user_id.optional(),
});
export type TransactionsQuery = z.infer<typeof TransactionsQuery>;

/** One entry of the ledger. */
export const Transaction = z.object({
  id: z.int().positive(),
  amount: z.int().describe("Signed tokens: positive credits, negative debits"),
  balance_after: z.int().min(0).describe("The balance this entry left, in tokens"),
  kind,
  reference: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  created_at: z.iso.datetime({ offset: true }),
});
export type Transaction = z.infer<typeof Transaction>;

/** Answer to GET /tokens/transactions: newest first. */
export const TransactionPage = z.object({
  transactions: z.array(Transaction).max(100),
  next_cursor: z.string().nullable().describe("Null on the last page"),
});
export type TransactionPage = z.infer<typeof TransactionPage>;
