import { Problem, type ProblemCode, validationFailed } from "../_shared/problem.ts";

/**
 * What the error codes of Supabase Auth mean here.
 * https://supabase.com/docs/guides/auth/debugging/error-codes
 */
const refusals: Record<string, ProblemCode> = {
  invalid_credentials: "invalid_credentials",
  // Auth says so before it looks at the password: the answer must not tell who is banned.
  user_banned: "invalid_credentials",
  email_not_confirmed: "email_not_confirmed",
  user_already_exists: "user_already_exists",
  email_exists: "user_already_exists",
  signup_disabled: "signup_disabled",
  email_provider_disabled: "signup_disabled",
  captcha_failed: "captcha_failed",
  refresh_token_not_found: "invalid_refresh_token",
  refresh_token_already_used: "invalid_refresh_token",
  session_expired: "invalid_refresh_token",
  session_not_found: "invalid_refresh_token",
  // Two refreshes of one session at once, for instance.
  conflict: "auth_conflict",
};

/**
 * The problem that a refusal by Auth stands for. Reads codes, never messages. `own` goes before the common meanings;
 * a code that is not known is the caller's fault all the same.
 */
export function problemOf(
  { status, retry_after, body }: { status: number; retry_after: string | null; body: unknown },
  own: Record<string, ProblemCode> = {},
): Problem {
  const { code, weak_password } = read(body);
  const cause = `auth answered ${status} ${code}`;
  if (status === 429) {
    return new Problem("too_many_requests", { cause, headers: { "retry-after": retry_after ?? "60" } });
  }
  if (status >= 500) return new Problem("upstream_unavailable", { cause });
  if (own[code] !== undefined) return new Problem(own[code], { cause });
  if (code === "weak_password") {
    return new Problem("weak_password", { cause, members: { reasons: weak_password?.reasons ?? [] } });
  }
  if (code === "email_address_invalid" || code === "email_address_not_authorized") {
    return validationFailed([{ path: "email", message: "Mail cannot be sent to this address" }]);
  }
  if (code === "validation_failed") {
    return validationFailed([{ path: "", message: "Auth does not accept these values" }]);
  }
  return new Problem(refusals[code] ?? "auth_refused", { cause });
}

/** Auth has had its code under `error_code`, then under `code`. */
function read(body: unknown): { code: string; weak_password?: { reasons?: string[] } } {
  const { code, error_code, weak_password } = (body ?? {}) as Record<string, unknown>;
  return {
    code: String(error_code ?? code),
    ...(typeof weak_password === "object" && weak_password !== null && { weak_password }),
  };
}
