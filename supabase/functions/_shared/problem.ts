import type { Context } from "hono";

/**
 * Every problem an answer can carry: its stable code, HTTP status and title.
 * docs/errors.md explains each one; a test holds the two together.
 */
export const problems = {
  malformed_json: { status: 400, title: "The body is not JSON" },
  invalid_webhook: { status: 400, title: "The webhook is not signed by its sender, or not now" },
  auth_refused: { status: 400, title: "Auth refused the request" },
  unauthorized: { status: 401, title: "Sign in first" },
  invalid_token: { status: 401, title: "The access token is not valid" },
  invalid_credentials: { status: 401, title: "Wrong e-mail address or password" },
  invalid_refresh_token: { status: 401, title: "The refresh token is not valid" },
  invalid_code: { status: 401, title: "The code is wrong or has expired" },
  session_ended: { status: 401, title: "The session has ended" },
  insufficient_tokens: { status: 402, title: "Not enough tokens" },
  email_not_confirmed: { status: 403, title: "The e-mail address is not confirmed" },
  insufficient_aal: { status: 403, title: "The second factor is needed" },
  reauthentication_needed: { status: 403, title: "The session is too old for this" },
  signup_disabled: { status: 403, title: "Sign-up is closed" },
  server_required: { status: 403, title: "Only a trusted server may do this" },
  purchase_required: { status: 403, title: "Tokens are added by a purchase" },
  staff_required: { status: 403, title: "Only the support staff may do this" },
  own_account: { status: 403, title: "Nobody of the staff acts on their own account" },
  hold_of_server: { status: 403, title: "Only a server ends what a server set aside" },
  not_found: { status: 404, title: "There is no such route" },
  profile_not_found: { status: 404, title: "There is no profile yet" },
  pack_not_found: { status: 404, title: "There is no such pack" },
  hold_not_found: { status: 404, title: "There is no such hold" },
  transaction_not_found: { status: 404, title: "There is no such transaction" },
  event_not_found: { status: 404, title: "There is no such event" },
  user_not_found: { status: 404, title: "There is no such user" },
  session_not_found: { status: 404, title: "There is no such session" },
  method_not_allowed: { status: 405, title: "The route has no such method" },
  user_already_exists: { status: 409, title: "The user already exists" },
  hold_settled: { status: 409, title: "The hold has ended" },
  hold_limit: { status: 409, title: "Too many holds are open" },
  transaction_already_reversed: { status: 409, title: "The transaction was reversed before" },
  transaction_not_reversible: { status: 409, title: "The transaction is of a kind that cannot be reversed" },
  event_not_in_review: { status: 409, title: "The event is not under review" },
  purchase_limit: { status: 409, title: "Too many purchases are pending" },
  purchase_ended: { status: 409, title: "The purchase has ended" },
  auth_conflict: { status: 409, title: "Another request was changing the same session" },
  precondition_failed: { status: 412, title: "The profile has changed" },
  body_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body must be application/json" },
  validation_failed: { status: 422, title: "The request is not valid" },
  weak_password: { status: 422, title: "The password is too weak" },
  same_password: { status: 422, title: "The new password is the old one" },
  captcha_failed: { status: 422, title: "The CAPTCHA was not solved" },
  idempotency_key_reused: { status: 422, title: "The idempotency key belongs to another request" },
  balance_limit: { status: 422, title: "The balance would pass its limit" },
  too_many_requests: { status: 429, title: "Too many requests" },
  internal_error: { status: 500, title: "Something went wrong" },
  misconfigured: { status: 503, title: "The service is not configured" },
  wallet_busy: { status: 503, title: "The wallet is in use" },
  request_expired: { status: 503, title: "The request waited too long" },
  upstream_unavailable: { status: 503, title: "The service is unavailable for the moment" },
} as const;

export type ProblemCode = keyof typeof problems;

interface ProblemOptions {
  /** For the person who reads the answer. Never holds internals. */
  detail?: string;
  /** Extension members of the answer (RFC 9457, section 3.2). */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** For the log only. */
  cause?: unknown;
}

/** An expected refusal: thrown anywhere, answered by `createApp` as problem details. */
export class Problem extends Error {
  override name = "Problem";
  readonly code: ProblemCode;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(code, { cause: options.cause });
    this.code = code;
    this.options = options;
  }
}

/** A 422 that names each field at fault. */
export function validationFailed(errors: { path: string; message: string }[]): Problem {
  return new Problem("validation_failed", { members: { errors } });
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

/** The answer for a problem: `application/problem+json` as in RFC 9457. */
export function problemResponse(c: Context, problem: Problem): Response {
  const { status, title } = problems[problem.code];
  const { detail, members, headers } = problem.options;
  const body = {
    type: `urn:tally:problem:${problem.code}`,
    title,
    status,
    detail: detail ?? title,
    code: problem.code,
    request_id: c.get("requestId"),
    ...members,
  };
  return c.body(JSON.stringify(body), status, {
    "content-type": "application/problem+json",
    ...(status === 503 ? { "retry-after": "5" } : {}),
    // RFC 9110, section 15.5.2: a 401 names the scheme to use.
    ...(status === 401 ? { "www-authenticate": 'Bearer realm="tally"' } : {}),
    ...headers,
  });
}
