import { PostgrestClient, type PostgrestSingleResponse } from "@supabase/postgrest-js";
import type { Database } from "./database.ts";
import type { User } from "./identity.ts";
import { isProblemCode, Problem, type ProblemCode } from "./problem.ts";
import type { Platform } from "./settings.ts";

/** How long a call to Auth or to the database may take before it counts as down. */
export const upstream_timeout_ms = 10_000;

/** How long the database may wait before it writes. Under the time-out, since what was answered 503 must not happen. */
const write_deadline_ms = 5_000;
/** SQLSTATEs of writes that are worth repeating: deadlock_detected and lock_not_available. Nothing was done then. */
const passing_codes = ["40P01", "55P03"];
const most_repeats = 2;

export type DatabaseClient = PostgrestClient<Database>;

/** A client of the database's REST API, with one of the project's keys and, to act as a user, their access token. */
export function connect(
  { supabase_url, require_aal2 }: Platform,
  apikey: string,
  access_token?: string,
): DatabaseClient {
  return new PostgrestClient<Database>(`${supabase_url}/rest/v1`, {
    headers: {
      apikey,
      ...(access_token !== undefined && { authorization: `Bearer ${access_token}` }),
      ...(require_aal2 && { "x-require-aal2": "true" }),
    },
    fetch: fetchBeforeDeadline,
    timeout: upstream_timeout_ms,
    // What was not answered is repeated by the caller, who knows the idempotency key.
    retry: false,
  });
}

/** A client that reads and writes as a user, under row level security. Cheap enough to make for each request. */
export function connectAs(platform: Platform, { access_token }: User): DatabaseClient {
  return connect(platform, platform.publishable_key, access_token);
}

/**
 * `fetch` for the database. A write carries `x-request-deadline` (Unix time in ms), after which the database refuses
 * it, and is repeated before that time if Postgres ended it because of a lock.
 */
async function fetchBeforeDeadline(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  if (init.method === undefined || init.method === "GET" || init.method === "HEAD") return await fetch(input, init);
  const deadline_ms = Date.now() + write_deadline_ms;
  const headers = new Headers(init.headers);
  headers.set("x-request-deadline", String(deadline_ms));
  for (let repeats = 0;; repeats++) {
    const response = await fetch(input, { ...init, headers });
    if (response.ok || repeats === most_repeats || Date.now() >= deadline_ms) return response;
    const { code } = await response.clone().json().catch(() => ({}));
    if (!passing_codes.includes(code)) return response;
    await response.body?.cancel();
  }
}

/** The refusals whose `detail` is JSON for a member of the answer. */
const members: Partial<Record<ProblemCode, string>> = { insufficient_tokens: "token", hold_settled: "hold" };

/** Problems that a route makes of SQLSTATEs, in place of the common ones. */
export type Meanings = Record<string, () => Problem>;

/**
 * The data of an answer, or the problem it stands for.
 *
 * Refusals are raised in SQL as `PT` + HTTP status with a problem code as the
 * message (PostgREST's convention); anything else the database says is either
 * a lock that was not to be had, an outage (503) or a mistake of ours (500).
 */
export function unwrap<Data>({ data, error, status }: PostgrestSingleResponse<Data>, own: Meanings = {}): Data {
  if (error === null) return data;
  if (error.code?.startsWith("PT") && isProblemCode(error.message)) {
    const member = members[error.message];
    throw new Problem(error.message, { members: member ? { [member]: JSON.parse(error.details) } : {} });
  }
  if (own[error.code] !== undefined) throw own[error.code]!();
  const cause = `database answered ${status} ${error.code}: ${error.message}`;
  // 57014: the statement was cancelled, by its time-out or by an operator.
  if ([...passing_codes, "57014"].includes(error.code)) throw new Problem("wallet_busy", { cause });
  // 0: no answer at all. 401: the token ran out on its way.
  if (status === 0 || status >= 500) throw new Problem("upstream_unavailable", { cause });
  if (status === 401) throw new Problem("invalid_token", { cause });
  throw new Problem("internal_error", { cause });
}
