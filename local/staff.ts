import postgres from "postgres";
import { publishable_key } from "./environment.ts";
import type { StackAddress } from "./folder.ts";

/** The account of the support staff on every local stack. It opens nothing but the desk of such a stack. */
export const staff_account = { email: "staff@example.com", password: "correct horse battery" };

/** Makes the staff's account where it is missing, as an operator would: signed up, then given its role in SQL. */
export async function ensureStaff({ url, database_url }: StackAddress): Promise<void> {
  // Auth itself is asked, so that the log begins with what its reader does.
  const response = await fetch(`${url}/auth/v1/signup`, {
    method: "POST",
    headers: { "content-type": "application/json", apikey: publishable_key },
    body: JSON.stringify(staff_account),
  });
  const answer = await response.text();
  // Where sign-up is closed or wants more, whoever set it up so makes the account too.
  if (!response.ok && !answer.includes("user_already_exists")) return;
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  try {
    await giveRole(sql, staff_account.email);
  } finally {
    await sql.end();
  }
}

/** Makes the account of an address support staff. Its next token says so. */
export async function giveRole(sql: postgres.Sql, email: string): Promise<void> {
  await sql`
    update auth.users set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || '{"role": "support"}'
    where email = ${email}
  `;
}
