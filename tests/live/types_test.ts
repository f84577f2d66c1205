// Goal: our types of the database say what is. Method: their words against the check constraints in the catalogue.
import assert from "node:assert/strict";
import { words } from "../../supabase/functions/_shared/database.ts";
import { sql } from "../support/stack.ts";

/** Where each list of words is checked: table and constraint. */
const checks: Record<keyof typeof words, [table: string, constraint: string][]> = {
  requester: [["token_transactions", "requester_is_known"]],
  entry_kind: [["token_transactions", "kind_fixes_the_sign"]],
  hold_status: [["token_holds", "status_is_known"]],
  hold_placer: [["token_holds", "placer_is_known"]],
  support_action: [["support_log", "action_is_known"]],
  provider: [["purchases", "provider_is_known"], ["payment_reconciliations", "provider_is_known"]],
  purchase_status: [["purchases", "status_is_known"]],
  payment_fact: [["payment_events", "fact_is_known"]],
  finding_kind: [["payment_findings", "kind_is_known"]],
  reconciliation_stage: [["payment_reconciliations", "stage_is_known"]],
};

Deno.test("the words of our types are those that the database's checks allow", async () => {
  for (const [name, places] of Object.entries(checks)) {
    for (const [table, constraint] of places) {
      const [row] = await sql`
        select pg_get_constraintdef(oid) as definition from pg_constraint
        where conrelid = ${`public.${table}`}::regclass and conname = ${constraint}
      `;
      const allowed = [...row!.definition.matchAll(/'(\w+)'::text/g)].map(([, word]: RegExpMatchArray) => word);
      assert.deepEqual(allowed.toSorted(), words[name as keyof typeof words].toSorted(), `${table}.${constraint}`);
    }
  }
});

Deno.test("no column of the views that our types call certain can be null", async () => {
  for (const column of ["token", "held", "debt", "updated_at"]) {
    const [row] = await sql`
      select attnotnull from pg_attribute where attrelid = 'public.user_tokens'::regclass and attname = ${column}
    `;
    assert.equal(row!.attnotnull, true, column);
  }
});
