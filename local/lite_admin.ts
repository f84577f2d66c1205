import type { Sql } from "postgres";

/**
 * The one route of Auth's admin API that Tally calls, which @supabase/lite does not have: deletes a user as Auth does,
 * by their row, on which all else hangs. Undefined for every other request.
 */
export async function answerAdmin(sql: Sql, secret_key: string, request: Request): Promise<Response | undefined> {
  const [, user_id] = /^\/auth\/v1\/admin\/users\/([0-9a-f-]{36})$/.exec(new URL(request.url).pathname) ?? [];
  if (user_id === undefined || request.method !== "DELETE") return undefined;
  if (request.headers.get("apikey") !== secret_key) {
    return Response.json({ code: "not_admin", message: "User not allowed" }, { status: 403 });
  }
  const { count } = await sql`delete from auth.users where id = ${user_id}`;
  if (count === 0) return Response.json({ code: "user_not_found", message: "User not found" }, { status: 404 });
  return Response.json({});
}
