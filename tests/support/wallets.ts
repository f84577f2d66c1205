/** Wallets without the detour over sign-up, for experiments that need many or work in SQL. */
import postgres from "postgres";
import type { Stack } from "../../local/stack.ts";
import { giveRole } from "../../local/staff.ts";
import type { Database } from "./own_stack.ts";

/** A user whose wallet holds `token` tokens; returns the id. */
export async function newWallet(sql: Database, token: number): Promise<string> {
  const id = crypto.randomUUID();
  await sql`insert into auth.users (id, email) values (${id}, ${`${id}@example.com`})`;
  if (token > 0) await sql`select adjust_tokens(${id}, ${token}, 'add')`;
  return id;
}

/** The code of an expected refusal (`insufficient_tokens`, …); anything else is thrown on. */
export function refusalOf(error: unknown): string {
  if (error instanceof postgres.PostgresError && error.code.startsWith("PT")) return error.message;
  throw error;
}

/** How many entries the ledger of a user has under a key, or of a kind. */
export async function countEntries(sql: Database, user_id: string, kind: string): Promise<number> {
  const [row] = await sql`
    select count(*)::integer as count from token_transactions where user_id = ${user_id} and kind = ${kind}
  `;
  return row!.count;
}

/** The number of problems that the auditors' check finds. */
export async function countProblems(sql: Database): Promise<number> {
  const [row] = await sql`select count(*)::integer as count from private.verify_ledger()`;
  return row!.count;
}

export interface SignedUp {
  id: string;
  access_token: string;
}

/** A user with a session, made as a client makes one. */
export async function signUp({ url }: Pick<Stack, "url">): Promise<SignedUp> {
  return await authenticate(`${url}/functions/v1/auth/signup`, newCredentials());
}

/** A member of the support staff with a session. */
export async function signUpStaff({ url }: Pick<Stack, "url">, sql: Database): Promise<SignedUp> {
  const credentials = newCredentials();
  await authenticate(`${url}/functions/v1/auth/signup`, credentials);
  await giveRole(sql, credentials.email);
  // A token says what somebody was when it was issued.
  return await authenticate(`${url}/functions/v1/auth/signin`, credentials);
}

const newCredentials = () => ({ email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery" });

async function authenticate(address: string, credentials: ReturnType<typeof newCredentials>): Promise<SignedUp> {
  const response = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(credentials),
  });
  const { user, access_token } = await response.json();
  return { id: user.id, access_token };
}
