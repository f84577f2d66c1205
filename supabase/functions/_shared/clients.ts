import { PostgrestClient, type PostgrestSingleResponse } from "@supabase/postgrest-js";
import type { Caller } from "./caller.ts";
import type { Database } from "./database.types.ts";
import { isProblemCode, Problem, type ProblemCode } from "./problem.ts";
import { settings } from "./settings.ts";

/** How long a call to Auth or to the database may take before it counts as down. */
export const upstream_timeout_ms = 10_000;

export type DatabaseClient = PostgrestClient<Database>;

/** A client of the database's REST API, made once and shared by all requests. */
export function connect(apikey: string): DatabaseClient {
  return new PostgrestClient<Database>(`${settings.supabase_url}/rest/v1`, {
    headers: { apikey },
    // Looked up at each call, so that a test can put a stub in its place.
    fetch: (input, init) => fetch(input, init),
    timeout: upstream_timeout_ms,
    // One request, one call: who retries is the caller, who knows the idempotency key.
    retry: false,
  });
}

/** Lets a query run as its caller: a user goes under row level security with their own token. */
export function runAs<Query extends { setHeader(name: string, value: string): Query }>(
  caller: Caller,
  query: Query,
): Query {
  return caller.kind === "user" ? query.setHeader("authorization", `Bearer ${caller.access_token}`) : query;
}

/** The refusals whose `detail` is JSON for a member of the answer. */
const members: Partial<Record<ProblemCode, string>> = { insufficient_tokens: "token", hold_settled: "hold" };

/**
 * The data of an answer, or the problem it stands for.
 *
 * Refusals are raised in SQL as `PT` + HTTP status with a problem code as the
 * message (PostgREST's convention); anything else the database says is either
 * an outage (503) or a mistake of ours (500).
 */
export function unwrap<Data>({ data, error, status }: PostgrestSingleResponse<Data>): Data {
  if (error === null) return data;
  if (error.code?.startsWith("PT") && isProblemCode(error.message)) {
    const member = members[error.message];
    throw new Problem(error.message, { members: member ? { [member]: JSON.parse(error.details) } : {} });
  }
  const cause = `database answered ${status} ${error.code}: ${error.message}`;
  // 0: no answer at all. 401: the token ran out on its way.
  if (status === 0 || status >= 500) throw new Problem("upstream_unavailable", { cause });
  if (status === 401) throw new Problem("invalid_token", { cause });
  throw new Problem("internal_error", { cause });
}
