import { type DatabaseClient, unwrap } from "../_shared/clients.ts";
import type { User } from "../_shared/identity.ts";
import { Problem } from "../_shared/problem.ts";
import { staffArguments } from "./database.ts";
import {
  type PageQuery,
  Person,
  PersonHolds,
  PersonLog,
  PersonPurchases,
  type PersonPurchasesQuery,
  PersonTransactions,
  type SearchRequest,
  SearchResult,
} from "./schema.ts";

// Each of these is one call, and one line in the support log. What the database returns beyond the answer is dropped.

/** The accounts that a search finds, and what providers said of its payment. 404 `user_not_found`. */
export async function search(
  database: DatabaseClient,
  caller: User,
  { email, user_id, payment_id }: SearchRequest,
): Promise<SearchResult> {
  const rows: FoundRow[] = unwrap(
    await database.rpc("support_search", {
      ...staffArguments(caller),
      ...(email !== undefined && { p_email: email }),
      ...(user_id !== undefined && { p_user_id: user_id }),
      ...(payment_id !== undefined && { p_payment_id: payment_id }),
    }),
  );
  const [first] = rows;
  if (first === undefined) throw new Problem("user_not_found");
  return SearchResult.parse({ people: rows.filter((row) => row.user_id !== null), events: first.events });
}

interface FoundRow {
  user_id: string | null;
  events: unknown;
}

/** A person's account and balance. 404 `user_not_found`. */
export async function readPerson(database: DatabaseClient, caller: User, user_id: string): Promise<Person> {
  const query = database.rpc("support_person", { ...staffArguments(caller), p_user_id: user_id }).single();
  return Person.parse(unwrap(await query));
}

/** One page of a person's ledger, newest first. 404 `user_not_found`. */
export async function listTransactions(
  database: DatabaseClient,
  caller: User,
  user_id: string,
  { limit, cursor }: PageQuery,
): Promise<PersonTransactions> {
  const rows = unwrap(
    await database.rpc("support_transactions", {
      ...staffArguments(caller),
      p_user_id: user_id,
      p_limit: limit + 1,
      ...(cursor !== undefined && { p_before: cursor }),
    }),
  );
  const page = pageOf(rows, limit, ({ id }) => String(id));
  return PersonTransactions.parse({ transactions: page.rows, next_cursor: page.next_cursor });
}

/** A person's open holds. 404 `user_not_found`. */
export async function listHolds(database: DatabaseClient, caller: User, user_id: string): Promise<PersonHolds> {
  const query = database.rpc("support_holds", { ...staffArguments(caller), p_user_id: user_id });
  return PersonHolds.parse({ holds: unwrap(await query) });
}

/** One page of a person's purchases with their events, newest first. 404 `user_not_found`. */
export async function listPurchases(
  database: DatabaseClient,
  caller: User,
  user_id: string,
  { limit, cursor }: PersonPurchasesQuery,
): Promise<PersonPurchases> {
  const [ms, purchase_id] = cursor?.split("_") ?? [];
  const rows = unwrap(
    await database.rpc("support_purchases", {
      ...staffArguments(caller),
      p_user_id: user_id,
      p_limit: limit + 1,
      ...(purchase_id !== undefined && { p_before: new Date(Number(ms)).toISOString(), p_before_id: purchase_id }),
    }),
  );
  const page = pageOf(rows, limit, ({ created_at, id }) => `${Date.parse(created_at)}_${id}`);
  return PersonPurchases.parse({ purchases: page.rows, next_cursor: page.next_cursor });
}

/** One page of what the staff looked at and did for a person, newest first. 404 `user_not_found`. */
export async function listLog(
  database: DatabaseClient,
  caller: User,
  user_id: string,
  { limit, cursor }: PageQuery,
): Promise<PersonLog> {
  const rows = unwrap(
    await database.rpc("support_log_of", {
      ...staffArguments(caller),
      p_user_id: user_id,
      p_limit: limit + 1,
      ...(cursor !== undefined && { p_before: cursor }),
    }),
  );
  const page = pageOf(rows, limit, ({ id }) => String(id));
  return PersonLog.parse({ lines: page.rows, next_cursor: page.next_cursor });
}

/** The first `limit` of the rows, and the cursor of those that follow: null where there were no more. */
function pageOf<Row>(rows: Row[], limit: number, cursorOf: (row: Row) => string) {
  const page = rows.slice(0, limit);
  return { rows: page, next_cursor: rows.length > limit ? cursorOf(page.at(-1)!) : null };
}
