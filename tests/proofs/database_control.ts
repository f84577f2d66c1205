/** What experiments do to a database of their own, past every guard. */
import type { Database } from "../support/own_stack.ts";

/** Signs a user in without Auth; returns the session's id. */
export async function newSession(sql: Database, user_id: string): Promise<string> {
  const id = crypto.randomUUID();
  await sql`insert into auth.sessions (id, user_id) values (${id}, ${user_id})`;
  return id;
}

/** Replaces pieces of a function's text, each of which must be there. Returns what puts the function back. */
export async function rewriteFunction(
  sql: Database,
  name: string,
  replacements: [from: string | RegExp, to: string][],
): Promise<() => Promise<unknown>> {
  const [row] = await sql`select pg_get_functiondef(${name}::regproc) as code`;
  const code: string = row!.code;
  let broken = code;
  for (const [from, to] of replacements) {
    const next = broken.replace(from, to);
    if (next === broken) throw new Error(`${from} is not in ${name}`);
    broken = next;
  }
  await sql.unsafe(broken);
  return () => sql.unsafe(code);
}
