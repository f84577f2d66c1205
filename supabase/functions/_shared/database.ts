/**
 * The database as it is: the types that `deno task schema` generates, with what they leave out. A generator sees a
 * `text` column where a check allows five words, and a view whose every column may be null. For the functions, and for
 * clients of the REST API: `createClient<Database>(…)`.
 */
import type { Database as Generated, Json } from "./database.types.ts";

export type { Json };

/** Each list has the words that a check constraint allows; a test compares them. */
export const words = {
  requester: ["user", "server", "staff", "system"],
  entry_kind: [
    ...["add", "deduct", "hold", "capture", "release", "expiry", "adjustment", "reversal"] as const,
    ...["purchase", "chargeback", "closing"] as const,
  ],
  hold_status: ["held", "captured", "released", "expired"],
  hold_placer: ["user", "server"],
  support_action: [
    ...["search", "person", "transactions", "holds", "purchases", "log"] as const,
    ...["adjust", "reverse", "release", "retry", "reconcile"] as const,
  ],
  provider: ["standard", "stripe"],
  purchase_status: ["pending", "failed", "paid", "refunded", "disputed"],
  payment_fact: [
    ...["paid", "failed", "refunded", "refund_failed", "dispute_opened", "dispute_won", "dispute_lost"] as const,
    ...["other"] as const,
  ],
  finding_kind: [
    ...["paid_not_credited", "credited_not_paid", "amount_differs", "refund_differs", "dispute_differs"] as const,
  ],
  reconciliation_stage: ["events", "payments", "purchases", "retries", "done"],
} as const;

type Word<Name extends keyof typeof words> = typeof words[Name][number];

/** A JSON object whose members are the client's own. */
export type JsonObject = { [key: string]: Json | undefined };

type Hold = { status: Word<"hold_status">; placed_by: Word<"hold_placer">; metadata: JsonObject };
type HoldChange = { status: Word<"hold_status">; placed_by: Word<"hold_placer">; captured_amount: number | null };
type Reconciliation = {
  provider: Word<"provider">;
  stage: Word<"reconciliation_stage">;
  events_missed: number;
  finding_count: number;
};

/** What is known of the columns of tables and views. */
interface Columns {
  profiles: { profile_data: JsonObject };
  token_transactions: { kind: Word<"entry_kind">; requested_by: Word<"requester">; metadata: JsonObject };
  token_holds: Hold;
  token_hold_states: Hold;
  token_balances: { token: number; held: number; debt: number; updated_at: string };
  purchases: { provider: Word<"provider">; status: Word<"purchase_status"> };
  payment_events: { provider: Word<"provider">; fact: Word<"payment_fact"> };
  support_log: { action: Word<"support_action"> };
  payment_findings: { kind: Word<"finding_kind"> };
  payment_reconciliations: { provider: Word<"provider">; stage: Word<"reconciliation_stage"> };
  payment_reconciliation_reports: Reconciliation;
}

/** What is known of the rows that functions return. */
interface Returns {
  list_transactions: Columns["token_transactions"];
  list_holds: Hold;
  hold_tokens: HoldChange;
  settle_hold: HoldChange;
  open_reconciliation: Reconciliation;
  advance_reconciliation: Reconciliation;
  apply_payment_event: { review_reason: string | null };
  retry_payment_event: { review_reason: string | null };
  set_low_balance_threshold: number | null;
}

/** Arguments of functions that may be null, which the generator does not see. */
interface Arguments {
  advance_reconciliation: { p_cursor: string | null; p_next_cursor: string | null };
}

type Known<Generated, Better> = {
  [Key in keyof Generated]: Key extends keyof Better ? Better[Key] : Generated[Key];
};

type Relations<All> = {
  [Name in keyof All]: {
    [Part in keyof All[Name]]: Name extends keyof Columns
      ? Part extends "Row" | "Insert" | "Update" ? Known<All[Name][Part], Columns[Name]> : All[Name][Part]
      : All[Name][Part];
  };
};

type Functions<All> = {
  [Name in keyof All]: {
    [Part in keyof All[Name]]: Part extends "Args"
      ? Name extends keyof Arguments ? Known<All[Name][Part], Arguments[Name]> : All[Name][Part]
      : Part extends "Returns" ? Name extends keyof Returns ? All[Name][Part] extends (infer Row)[]
            // One row after the other, or one value.
            ? Known<Row, Returns[Name]>[]
          : Returns[Name]
        : All[Name][Part]
      : All[Name][Part];
  };
};

export type Database = {
  public: Omit<Generated["public"], "Tables" | "Views" | "Functions"> & {
    Tables: Relations<Generated["public"]["Tables"]>;
    Views: Relations<Generated["public"]["Views"]>;
    Functions: Functions<Generated["public"]["Functions"]>;
  };
};
