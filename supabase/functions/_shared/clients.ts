import type { User } from "./identity.ts";
import { isProblemCode, Problem, type ProblemCode } from "./problem.ts";
import { type Answer, type Call, DatabaseClient } from "./rest.ts";
import type { Platform } from "./settings.ts";

export type { DatabaseClient };

/** How long a call to Auth or to the database may take before it counts as down. */
export const upstream_timeout_ms = 10_000;

/** How long the database may wait before it writes. Under the time-out, since what was answered 503 must not happen. */
const write_deadline_ms = 5_000;
/** SQLSTATEs of writes that are worth repeating: deadlock_detected and lock_not_available. Nothing was done then. */
const passing_codes = ["40P01", "55P03"];
const most_repeats = 2;

/** A client of the database's REST API, with one of the project's keys and, to act as a user, their access token. */
export function connect(
  { supabase_url, require_aal2 }: Platform,
  apikey: string,
  access_token?: string,
): DatabaseClient {
  const shared_headers = {
    apikey,
    ...(access_token !== undefined && { authorization: `Bearer ${access_token}` }),
    ...(require_aal2 && { "x-require-aal2": "true" }),
  };
  return new DatabaseClient((call) => send(`${supabase_url}/rest/v1`, shared_headers, call));
}

/** A client that reads and writes as a user, under row level security. Cheap enough to make for each request. */
export function connectAs(platform: Platform, { access_token }: User): DatabaseClient {
  return connect(platform, platform.publishable_key, access_token);
}

/**
 * Sends a call to the database. A write carries `x-request-deadline` (Unix time in ms), after which the database
 * refuses it, and is repeated before that time if Postgres ended it because of a lock. What was not answered is
 * repeated by the caller, who knows the idempotency key.
 */
async function send(base: string, shared_headers: Record<string, string>, call: Call): Promise<Answer<unknown>> {
  const { method, path, body } = call;
  const deadline_ms = Date.now() + write_deadline_ms;
  const headers: Record<string, string> = { ...shared_headers, ...call.headers };
  if (method !== "GET") headers["x-request-deadline"] = String(deadline_ms);
  if (body !== undefined) headers["content-type"] = "application/json";
  for (let repeats = 0;; repeats++) {
    const init = { method, headers, signal: upstreamTimeout(), ...(body !== undefined && { body }) };
    const answer = await fetch(base + path, init).then(readAnswer).catch(noAnswer);
    const is_passing = answer.error !== null && method !== "GET" && passing_codes.includes(answer.error.code);
    if (!is_passing || repeats === most_repeats || Date.now() >= deadline_ms) return answer;
  }
}

async function readAnswer(response: Response): Promise<Answer<unknown>> {
  const { status } = response;
  const text = await response.text();
  if (response.ok) return { data: text === "" ? null : JSON.parse(text), error: null, status };
  try {
    const { code, message, details } = JSON.parse(text);
    return { data: null, error: { code: String(code), message: String(message), details }, status };
  } catch {
    // A proxy's own page, for one.
    return { data: null, error: { code: "", message: text, details: "" }, status };
  }
}

function noAnswer(error: unknown): Answer<never> {
  return { data: null, error: { code: "", message: String(error), details: "" }, status: 0 };
}

const shared_timeout_ms = 500;
let shared_timeout = { signal: AbortSignal.abort(), until_ms: -Infinity };

/**
 * A signal that ends a call to the database after `upstream_timeout_ms`, or up to half a second earlier: the calls of
 * half a second share one timer.
 */
function upstreamTimeout(): AbortSignal {
  const now_ms = performance.now();
  if (now_ms >= shared_timeout.until_ms) {
    shared_timeout = { signal: AbortSignal.timeout(upstream_timeout_ms), until_ms: now_ms + shared_timeout_ms };
  }
  return shared_timeout.signal;
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
export function unwrap<Data>({ data, error, status }: Answer<Data>, own: Meanings = {}): Data {
  if (error === null) return data;
  if (error.code.startsWith("PT") && isProblemCode(error.message)) {
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
