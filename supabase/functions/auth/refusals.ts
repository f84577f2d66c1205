import { Problem, type ProblemCode, validationFailed } from "../_shared/problem.ts";

/** What error codes of Supabase Auth mean on one route. */
export type Meanings = Record<string, ProblemCode>;

/**
 * What each error code of Supabase Auth means here. `auth_refused` stands for what belongs to ways in and settings that
 * no route here uses. https://supabase.com/docs/guides/auth/debugging/error-codes
 */
const refusals: Meanings = {
  invalid_credentials: "invalid_credentials",
  // Auth says so before it looks at the password: the answer must not tell who is banned.
  user_banned: "invalid_credentials",
  current_password_invalid: "invalid_credentials",
  current_password_required: "invalid_credentials",
  email_not_confirmed: "email_not_confirmed",
  provider_email_needs_verification: "email_not_confirmed",
  user_already_exists: "user_already_exists",
  email_exists: "user_already_exists",
  phone_exists: "user_already_exists",
  ...allMean("signup_disabled", ["signup_disabled", "email_provider_disabled"]),
  captcha_failed: "captcha_failed",
  ...allMean("validation_failed", ["validation_failed", "email_address_invalid", "email_address_not_authorized"]),
  ...allMean("validation_failed", ["email_address_not_provided"]),
  request_entity_too_large: "body_too_large",
  weak_password: "weak_password",
  same_password: "same_password",
  ...allMean("invalid_code", ["otp_expired", "invite_not_found"]),
  ...allMean("invalid_refresh_token", ["refresh_token_not_found", "refresh_token_already_used"]),
  ...allMean("invalid_refresh_token", ["session_expired", "session_not_found"]),
  user_not_found: "user_not_found",
  insufficient_aal: "insufficient_aal",
  reauthentication_needed: "reauthentication_needed",
  // Two refreshes of one session at once, for instance.
  conflict: "auth_conflict",
  ...allMean("too_many_requests", ["over_request_rate_limit", "over_email_send_rate_limit"]),
  ...allMean("too_many_requests", ["over_sms_send_rate_limit"]),
  // The project's own hook did not answer in time.
  ...allMean("upstream_unavailable", ["hook_timeout", "hook_timeout_after_retry"]),
  ...allMean("upstream_unavailable", ["unexpected_failure", "request_timeout"]),
  ...allMean("auth_refused", [
    ...["unknown", "bad_json", "bad_jwt", "not_admin", "no_authorization", "unexpected_audience", "feature_disabled"],
    ...["reauthentication_not_valid", "otp_disabled", "user_sso_managed", "provider_disabled"],
    ...["hook_payload_over_size_limit", "hook_payload_invalid_content_type"],
    // By phone, anonymously, or with an account elsewhere.
    ...["phone_not_confirmed", "phone_provider_disabled", "sms_send_failed", "anonymous_provider_disabled"],
    ...["flow_state_not_found", "flow_state_expired", "flow_state_already_used", "bad_code_verifier"],
    ...["oauth_client_state_not_found", "oauth_client_state_expired", "oauth_invalid_state", "bad_oauth_state"],
    ...["bad_oauth_callback", "oauth_provider_not_supported", "oauth_dynamic_client_registration_disabled"],
    ...["oauth_client_not_found", "oauth_authorization_not_found", "oauth_consent_not_found"],
    ...["custom_provider_not_found", "over_custom_provider_quota", "web3_provider_disabled"],
    ...["web3_unsupported_chain", "sso_provider_not_found", "sso_provider_disabled", "sso_domain_already_exists"],
    ...["saml_provider_disabled", "saml_relay_state_not_found", "saml_relay_state_expired", "saml_idp_not_found"],
    ...["saml_assertion_no_user_id", "saml_assertion_no_email", "saml_metadata_fetch_failed"],
    ...["saml_idp_already_exists", "saml_entity_id_mismatch"],
    ...["manual_linking_disabled", "identity_already_exists", "identity_not_found"],
    ...["single_identity_not_deletable", "email_conflict_identity_not_deletable"],
    // Setting up and using a second factor or a passkey.
    ...["too_many_enrolled_mfa_factors", "mfa_factor_name_conflict", "mfa_factor_not_found"],
    ...["mfa_ip_address_mismatch", "mfa_challenge_expired", "mfa_verification_failed", "mfa_verification_rejected"],
    ...["mfa_phone_enroll_not_enabled", "mfa_phone_verify_not_enabled", "mfa_totp_enroll_not_enabled"],
    ...["mfa_totp_verify_not_enabled", "mfa_webauthn_enroll_not_enabled", "mfa_webauthn_verify_not_enabled"],
    ...["mfa_verified_factor_exists", "passkey_disabled", "too_many_passkeys", "webauthn_credential_not_found"],
    ...["webauthn_challenge_not_found", "webauthn_challenge_expired", "webauthn_verification_failed"],
    ...["webauthn_credential_exists"],
  ]),
};

/** What codes mean where Auth was shown a user's access token: the session it belongs to is over. */
export const of_sessions: Meanings = {
  ...allMean("session_ended", ["session_not_found", "session_expired", "user_not_found", "user_banned"]),
  bad_jwt: "invalid_token",
};

/** What codes mean where Auth was shown a refresh token. */
export const of_refresh_tokens: Meanings = {
  user_banned: "invalid_refresh_token",
  // A token of the wrong form is as good as an unknown one.
  validation_failed: "invalid_refresh_token",
};

/** What codes mean where Auth was shown a code from a mail: the answer must not tell who is banned. */
export const of_codes: Meanings = { user_banned: "invalid_code" };

/** What codes mean where Auth was shown the secret key. */
export const of_servers: Meanings = allMean("misconfigured", ["bad_jwt", "not_admin", "no_authorization"]);

/** Whether a code of Auth has a meaning here. */
export function isKnown(code: string): boolean {
  return meaningIn(refusals, code) !== undefined;
}

/**
 * The problem that a refusal by Auth stands for. Reads codes, never messages. `own` goes before the common meanings;
 * a code that is not known is the caller's fault all the same.
 */
export function problemOf(
  { status, retry_after, body }: { status: number; retry_after: string | null; body: unknown },
  own: Meanings = {},
): Problem {
  const { code, reasons } = readRefusal(body);
  const cause = `auth answered ${status} ${code}`;
  const problem = status === 429
    ? "too_many_requests"
    : status >= 500
    ? "upstream_unavailable"
    : meaningIn(own, code) ?? meaningIn(refusals, code) ?? "auth_refused";
  if (problem === "too_many_requests") {
    return new Problem(problem, { cause, headers: { "retry-after": retry_after ?? "60" } });
  }
  if (problem === "weak_password") return new Problem(problem, { cause, members: { reasons } });
  if (problem === "validation_failed") {
    return validationFailed([
      code === "validation_failed"
        ? { path: "", message: "Auth does not accept these values" }
        : { path: "email", message: "Mail cannot be sent to this address" },
    ]);
  }
  return new Problem(problem, { cause });
}

/** Auth has had its code under `error_code`, then under `code`. */
export function readRefusal(body: unknown): { code: string; reasons: unknown[] } {
  const { code, error_code, weak_password } = (body ?? {}) as Record<string, unknown>;
  const { reasons } = (weak_password ?? {}) as Record<string, unknown>;
  return { code: String(error_code ?? code), reasons: Array.isArray(reasons) ? reasons : [] };
}

/** A code comes from outside: it may be the name of what every object inherits. */
function meaningIn(meanings: Meanings, code: string): ProblemCode | undefined {
  return Object.hasOwn(meanings, code) ? meanings[code] : undefined;
}

function allMean(problem: ProblemCode, codes: string[]): Meanings {
  return Object.fromEntries(codes.map((code) => [code, problem]));
}
