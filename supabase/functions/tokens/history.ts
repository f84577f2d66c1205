import type { Caller } from "../_shared/identity.ts";
import { type DatabaseClient, unwrap } from "../_shared/clients.ts";
import { csvLine } from "./csv.ts";
import type { Databases } from "./database.ts";
import { readPage } from "./pages.ts";
import type { BalanceAt, Transaction, TransactionFilter, TransactionPage, TransactionsQuery } from "./schema.ts";

/** The balance of an account, what was held and what was owed at an instant. */
export async function balanceAt(
  { readAs }: Databases,
  caller: Caller,
  user_id: string,
  time: string,
): Promise<Omit<BalanceAt, "time">> {
  return unwrap(await readAs(caller).rpc("balance_at", { p_user_id: user_id, p_time: time }).single());
}

const page_columns = "id, amount, balance_after, held_after, debt_change, debt_after, kind, hold_id, reverses, " +
  "purchase_id, reference, metadata, created_at";

/** One page of an account's ledger, newest first. */
export async function listTransactions(
  { readAs }: Databases,
  caller: Caller,
  user_id: string,
  { limit, cursor, ...filter }: Omit<TransactionsQuery, "user_id">,
): Promise<TransactionPage> {
  const { rows, next_cursor } = await readPage<Transaction, number>(
    {
      read: async (before_id, limit) => {
        const page = { p_limit: limit, ...(before_id !== undefined && { p_before_id: before_id }) };
        return unwrap(await select(readAs(caller), page_columns, user_id, filter, page));
      },
      cursorOf: ({ id }) => id,
    },
    cursor,
    limit,
  );
  return { transactions: rows, next_cursor };
}

const csv_page_rows = 1_000;
const csv_columns = [
  "id",
  "created_at",
  "kind",
  "amount",
  "balance_after",
  "held_after",
  "debt_change",
  "debt_after",
  "hold_id",
  "purchase_id",
  "reference",
] as const;

/**
 * An account's ledger as a CSV file, oldest first, with one page in memory at a time. The first page is read before
 * this returns, so that a refusal is still an answer.
 */
export async function exportTransactions(
  { readAs }: Databases,
  caller: Caller,
  user_id: string,
  filter: Omit<TransactionFilter, "user_id">,
): Promise<ReadableStream<Uint8Array>> {
  const readAfter = async (id: number) => {
    const page = { p_limit: csv_page_rows, p_after_id: id };
    return unwrap(await select(readAs(caller), csv_columns.join(", "), user_id, filter, page));
  };
  const encoder = new TextEncoder();
  let page = await readAfter(0);
  let text = csv_columns.join(",") + "\r\n";
  return new ReadableStream({
    async pull(controller) {
      for (const entry of page) text += csvLine(csv_columns.map((name) => entry[name]));
      controller.enqueue(encoder.encode(text));
      text = "";
      const last = page.at(-1);
      // Only an empty page is the end: the REST service may give fewer rows than asked for.
      page = last === undefined ? [] : await readAfter(last.id);
      if (page.length === 0) controller.close();
    },
  });
}

/** Columns of a page of an account's entries that a filter lets through. */
function select(
  database: DatabaseClient,
  columns: string,
  user_id: string,
  { kind, from, to }: Omit<TransactionFilter, "user_id">,
  page: { p_limit: number; p_before_id?: number; p_after_id?: number },
) {
  return database.rpc("list_transactions", {
    p_user_id: user_id,
    ...page,
    ...(kind !== undefined && { p_kind: kind }),
    ...(from !== undefined && { p_from: from }),
    ...(to !== undefined && { p_to: to }),
  }).select(columns as "*");
}
