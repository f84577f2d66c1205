import { TokenBalance } from "../../supabase/functions/_shared/balance.ts";
import * as tokens from "../../supabase/functions/tokens/schema.ts";
import { balance, decision, on_behalf, time, user_id } from "./examples.ts";
import type { Operation } from "./operation.ts";

const changed = { ...balance, transaction_id: 7 };
const entry = {
  ...{ id: 7, amount: -5, balance_after: 45, held_after: 20, debt_change: 0, debt_after: 0, kind: "deduct" },
  ...{ hold_id: null, reverses: null, purchase_id: null, reference: "export", metadata: {}, created_at: time },
};
const filter = "`kind`, `from` and `to` narrow it down.";

export const token_operations: Operation[] = [
  {
    method: "GET",
    path: "/tokens",
    name: "balance",
    summary: "The balance: tokens to spend, set aside and owed",
    description: on_behalf,
    who: "user or server",
    query: tokens.AccountQuery,
    answers: { 200: { description: "The balance as it is now", schema: TokenBalance, example: balance } },
    problems: ["user_not_found"],
  },
  {
    method: "POST",
    path: "/tokens/add",
    name: "add",
    summary: "Credit tokens",
    description:
      `For servers. Users may credit themselves only where TOKENS_SELF_SERVICE_ADD is on, as in the local stack. A debt is paid first. ${on_behalf}`,
    who: "user or server",
    body: tokens.AddTokensRequest,
    example: { user_id, amount: 50, reference: "welcome" },
    is_idempotent: true,
    answers: { 200: { description: "The balance it left", schema: tokens.TokenAdjustment, example: changed } },
    problems: ["purchase_required", "user_not_found", "balance_limit"],
  },
  {
    method: "POST",
    path: "/tokens/deduct",
    name: "deduct",
    summary: "Spend tokens",
    description: on_behalf,
    who: "user or server",
    body: tokens.DeductTokensRequest,
    example: { amount: 5, reference: "export" },
    is_idempotent: true,
    answers: { 200: { description: "The balance it left", schema: tokens.TokenAdjustment, example: changed } },
    problems: ["insufficient_tokens", "user_not_found"],
  },
  {
    method: "GET",
    path: "/tokens/transactions",
    name: "transactions",
    summary: "The ledger, newest first, page by page",
    description: `${filter} ${on_behalf}`,
    who: "user or server",
    query: tokens.TransactionsQuery,
    answers: {
      200: {
        description: "A page; `next_cursor` leads to the next",
        schema: tokens.TransactionPage,
        example: { transactions: [entry], next_cursor: null },
      },
    },
  },
  {
    method: "GET",
    path: "/tokens/transactions.csv",
    name: "transactionsCsv",
    summary: "The whole ledger as a CSV file, oldest first",
    description: `${filter} ${on_behalf}`,
    who: "user or server",
    query: tokens.TransactionFilter,
    answers: { 200: { description: "The file", schema: null, media_type: "text/csv" } },
  },
  {
    method: "GET",
    path: "/tokens/balance_at",
    name: "balanceAt",
    summary: "The balance at an instant",
    description: on_behalf,
    who: "user or server",
    query: tokens.BalanceAtQuery,
    answers: {
      200: {
        description: "What could be spent, was set aside, and was owed",
        schema: tokens.BalanceAt,
        example: { token: 45, held: 20, debt: 0, time },
      },
    },
  },
  {
    method: "POST",
    path: "/tokens/adjustments",
    name: "adjust",
    summary: "Correct a balance, with a reason and a name",
    who: "server",
    body: tokens.AdjustmentRequest,
    example: { ...decision, amount: 5 },
    is_idempotent: true,
    answers: { 200: { description: "The balance it left", schema: tokens.TokenAdjustment, example: changed } },
    problems: ["insufficient_tokens", "user_not_found", "balance_limit"],
  },
  {
    method: "POST",
    path: "/tokens/transactions/{id}/reversal",
    name: "reverse",
    summary: "Take back one entry, once",
    who: "server",
    body: tokens.ReversalRequest,
    example: decision,
    is_idempotent: true,
    answers: {
      200: { description: "The balance it left", schema: tokens.Reversal, example: { ...changed, amount: 5 } },
    },
    problems: [
      ...["insufficient_tokens", "user_not_found", "transaction_not_found"] as const,
      ...["transaction_already_reversed", "transaction_not_reversible", "balance_limit"] as const,
    ],
  },
  {
    method: "GET",
    path: "/tokens/low_balance_threshold",
    name: "lowBalanceThreshold",
    summary: "The balance below which the user is told",
    description: on_behalf,
    who: "user or server",
    query: tokens.AccountQuery,
    answers: {
      200: { description: "Null if notices are off", schema: tokens.Threshold, example: { threshold: 20 } },
    },
  },
  {
    method: "PUT",
    path: "/tokens/low_balance_threshold",
    name: "setLowBalanceThreshold",
    summary: "Set the balance below which the user is told, or null for no notice",
    description: on_behalf,
    who: "user or server",
    body: tokens.ThresholdRequest,
    example: { threshold: 20 },
    answers: { 200: { description: "As it is now", schema: tokens.Threshold, example: { threshold: 20 } } },
    problems: ["user_not_found"],
  },
  {
    method: "POST",
    path: "/tokens/notices/deliver",
    name: "deliverNotices",
    summary: "Send the notices that are due",
    who: "server",
    answers: {
      200: {
        description: "How many were taken, and how many will be sent again",
        schema: tokens.NoticeDelivery,
        example: { delivered: 1, failed: 0 },
      },
    },
  },
];
