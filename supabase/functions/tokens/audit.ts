import { unwrap } from "../_shared/clients.ts";
import type { Caller } from "../_shared/identity.ts";
import type { Databases } from "./database.ts";
import type { Reversal } from "./schema.ts";
import type * as z from "zod";

/** What an account could spend, and had set aside, at an instant. */
export async function balanceAt(databases: Databases, caller: Caller, user_id: string, time: string) {
  const query = databases.readAs(caller).rpc("balance_at", { p_user_id: user_id, p_time: time });
  return unwrap(await query.single());
}

interface ReversalOf {
  user_id: string;
  transaction_id: number;
  allow_partial: boolean;
  /** Who decided it, and why. */
  metadata: { reason: string; actor: string };
  idempotency_key: string | undefined;
}

/**
 * Takes back one entry, once. 404 `transaction_not_found`, 409 `transaction_already_reversed`
 * or `transaction_not_reversible`, 402 `insufficient_tokens`.
 */
export async function reverse(
  databases: Databases,
  { user_id, transaction_id, allow_partial, metadata, idempotency_key }: ReversalOf,
): Promise<{ reversal: z.infer<typeof Reversal>; replayed: boolean }> {
  const { replayed, ...reversal } = unwrap(
    await databases.trusted.rpc("reverse_transaction", {
      p_user_id: user_id,
      p_transaction_id: transaction_id,
      p_allow_partial: allow_partial,
      p_metadata: metadata,
      ...(idempotency_key !== undefined && { p_idempotency_key: idempotency_key }),
    }).single(),
  );
  return { reversal, replayed };
}

// As many as PostgREST gives at once by default.
const page_rows = 1_000;
const csv_columns = [
  "id",
  "created_at",
  "kind",
  "amount",
  "balance_after",
  "held_after",
  "hold_id",
  "reference",
] as const;

/**
 * The whole ledger of an account as CSV (RFC 4180), oldest first, a page in memory at a time.
 * The first page is read before this returns, so that a refusal is still an answer.
 */
export async function exportTransactions(
  databases: Databases,
  caller: Caller,
  user_id: string,
): Promise<ReadableStream<Uint8Array>> {
  const readPage = async (after_id: number) => {
    const query = databases.readAs(caller).from("token_transactions").select(csv_columns.join(",") as "*")
      .eq("user_id", user_id).gt("id", after_id).order("id").limit(page_rows);
    return unwrap(await query);
  };
  const encoder = new TextEncoder();
  let page = await readPage(0);
  let text = csv_columns.join(",") + "\r\n";
  return new ReadableStream({
    async pull(controller) {
      for (const row of page) text += csv_columns.map((name) => csvField(row[name])).join(",") + "\r\n";
      controller.enqueue(encoder.encode(text));
      text = "";
      if (page.length < page_rows) return controller.close();
      page = await readPage(page.at(-1)!.id);
    },
  });
}

/** Quoted, and not to be taken for a formula by a spreadsheet (OWASP, CSV injection). */
function csvField(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
