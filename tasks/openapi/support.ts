import * as support from "../../supabase/functions/support/schema.ts";
import { balance, hold_id, person, purchase_id, time, user_id } from "./examples.ts";
import type { Operation } from "./operation.ts";

const staff_id = "0b54be9d-2f3b-4f0e-8a55-6c1d2e3f4a5b";
const reason = "The export failed and was charged";
const entry = { ...balance, transaction_id: 8, amount: 5 };
const event = {
  ...{ provider: "standard", event_id: "evt_1", fact: "paid", amount_minor: 500, currency: "eur", livemode: false },
  ...{ occurred_at: time, received_at: time, review_reason: null, attempts: 0, next_attempt_at: null },
  found_by_reconciliation: true,
};
const purchase = {
  ...{ id: purchase_id, pack_id: "small", tokens: 100, price_minor: 500, currency: "eur", provider: "standard" },
  ...{ livemode: false, payment_id: "pay_1", status: "paid", refunded_minor: 0, granted: 100 },
  ...{ created_at: time, updated_at: time, events: [event] },
};

/** What each route of the desk may be refused with: those that read a person's data, and those that change it. */
const looks = ["session_ended", "insufficient_aal", "too_many_requests", "wallet_busy", "request_expired"] as const;
const actions = ["own_account", "too_many_requests"] as const;

export const support_operations: Operation[] = [
  {
    method: "POST",
    path: "/support/search",
    name: "search",
    summary: "Find a person by their e-mail address, their id, or a payment",
    description: "A payment that changed nothing is found by its id as well, with what its provider said of it.",
    who: "staff",
    body: support.SearchRequest,
    example: { email: person.email },
    answers: {
      200: {
        description: "The accounts, and the events of the payment that was searched for",
        schema: support.SearchResult,
        example: { people: [{ user_id, email: person.email, created_at: time }], events: [] },
      },
    },
    problems: ["user_not_found", "too_many_requests"],
  },
  {
    method: "GET",
    path: "/support/people/{id}",
    name: "person",
    summary: "A person's account and balance",
    who: "staff",
    answers: {
      200: {
        description: "The account",
        schema: support.Person,
        example: {
          ...{ user_id, email: person.email, created_at: time, last_sign_in_at: time, banned_until: null },
          ...{ is_staff: false, ...balance },
        },
      },
    },
    problems: ["user_not_found", ...looks],
  },
  {
    method: "GET",
    path: "/support/people/{id}/transactions",
    name: "transactions",
    summary: "A person's ledger, newest first, page by page",
    who: "staff",
    query: support.PageQuery,
    answers: {
      200: {
        description: "One page",
        schema: support.PersonTransactions,
        example: {
          transactions: [{
            ...{ id: 8, amount: 5, balance_after: 45, held_after: 20, debt_change: 0, debt_after: 0 },
            ...{ kind: "adjustment", hold_id: null, reverses: null, purchase_id: null, reference: null },
            ...{ metadata: { reason, actor: staff_id }, requested_by: "staff", idempotency_key: null },
            created_at: time,
          }],
          next_cursor: null,
        },
      },
    },
    problems: ["user_not_found", ...looks],
  },
  {
    method: "GET",
    path: "/support/people/{id}/holds",
    name: "holds",
    summary: "A person's open holds, by the time they expire",
    who: "staff",
    answers: {
      200: {
        description: "All of them: an account has at most 100",
        schema: support.PersonHolds,
        example: {
          holds: [{
            ...{ id: hold_id, amount: 20, placed_by: "server", reference: "render" },
            ...{ expires_at: time, created_at: time },
          }],
        },
      },
    },
    problems: ["user_not_found", ...looks],
  },
  {
    method: "GET",
    path: "/support/people/{id}/purchases",
    name: "purchases",
    summary: "A person's purchases with what the providers said of them, newest first, page by page",
    who: "staff",
    query: support.PersonPurchasesQuery,
    answers: {
      200: {
        description: "One page",
        schema: support.PersonPurchases,
        example: { purchases: [purchase], next_cursor: null },
      },
    },
    problems: ["user_not_found", ...looks],
  },
  {
    method: "GET",
    path: "/support/people/{id}/log",
    name: "log",
    summary: "What the staff looked at and did for a person, newest first, page by page",
    who: "staff",
    query: support.PageQuery,
    answers: {
      200: {
        description: "One page",
        schema: support.PersonLog,
        example: {
          lines: [{
            ...{ id: 3, staff_id, staff_email: "grace@example.com", action: "adjust", subject: "8", reason },
            created_at: time,
          }],
          next_cursor: null,
        },
      },
    },
    problems: ["user_not_found", ...looks],
  },
  {
    method: "POST",
    path: "/support/people/{id}/adjustments",
    name: "adjust",
    summary: "Credit or debit a person, with a reason",
    description: "The entry's `metadata` names the `actor`, who is the caller, and the `reason`.",
    who: "staff",
    body: support.StaffAdjustmentRequest,
    example: { amount: 5, reason },
    is_idempotent: true,
    answers: {
      200: { description: "The entry, and the balance that it left", schema: support.StaffEntry, example: entry },
    },
    problems: ["user_not_found", "insufficient_tokens", "balance_limit", ...actions],
  },
  {
    method: "POST",
    path: "/support/people/{id}/transactions/{transaction_id}/reversal",
    name: "reverse",
    summary: "Take back one entry of a person's ledger, once",
    who: "staff",
    body: support.StaffReversalRequest,
    example: { reason },
    is_idempotent: true,
    answers: {
      200: { description: "The entry, and the balance that it left", schema: support.StaffEntry, example: entry },
    },
    problems: [
      ...["user_not_found", "transaction_not_found", "transaction_already_reversed"] as const,
      ...["transaction_not_reversible", "insufficient_tokens", "balance_limit", ...actions] as const,
    ],
  },
  {
    method: "POST",
    path: "/support/people/{id}/holds/{hold_id}/release",
    name: "release",
    summary: "Give all of a person's hold back, whoever placed it",
    who: "staff",
    body: support.StaffReleaseRequest,
    example: { reason },
    is_idempotent: true,
    answers: {
      200: { description: "The entry, and the balance that it left", schema: support.StaffEntry, example: entry },
    },
    problems: ["user_not_found", "hold_not_found", "hold_settled", ...actions],
  },
  {
    method: "POST",
    path: "/support/events/retry",
    name: "retry",
    summary: "Try an event again that is under review",
    who: "staff",
    body: support.RetryRequest,
    example: { provider: "standard", event_id: "evt_1", reason: "The wallet was locked" },
    is_idempotent: true,
    answers: {
      200: {
        description: "What came of it",
        schema: support.RetryResult,
        example: { outcome: "applied", review_reason: null },
      },
    },
    problems: ["event_not_found", "event_not_in_review", ...actions],
  },
  {
    method: "POST",
    path: "/support/reconcile",
    name: "reconcile",
    summary: "Ask the providers for what their webhooks missed",
    description: "Send it again with the same key until `is_done`.",
    who: "staff",
    body: support.AskRequest,
    example: { reason: "Paid, and no webhook came" },
    is_idempotent: true,
    answers: {
      200: {
        description: "What was found",
        schema: support.AskResult,
        example: { is_done: true, events_missed: 1, finding_count: 0 },
      },
    },
    problems: ["too_many_requests"],
  },
];
