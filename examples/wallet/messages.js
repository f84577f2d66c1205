// @ts-check
/**
 * What to tell a person: what happened, and what to do about it. `href` leads to where it is done.
 *
 * @typedef {object} Message
 * @property {string} text
 * @property {{ label: string, href: string }} [link]
 */

const buy = { label: "Buy tokens", href: "#buy" };
const history = { label: "See the history", href: "#history" };
const ask = "If it stays so, tell support the request number below.";

/** @type {Record<string, string | Message>} By the code of a problem. */
const messages = {
  // The wallet says no.
  insufficient_tokens: { text: "Your balance does not cover that. Buy tokens, or choose a smaller amount.", link: buy },
  hold_limit: "You have as many open reservations as there can be. Settle one or give one back, then try again.",
  hold_not_found: "This reservation does not exist. The list below is up to date.",
  hold_settled: "This reservation has ended already: it was settled or given back elsewhere, or it ran out.",
  hold_of_server: "The service made this reservation, so only the service ends it. It runs out by itself.",
  balance_limit: "Your balance would be larger than a wallet can hold. Spend some tokens first.",
  purchase_required: { text: "Tokens are bought. Choose a pack.", link: buy },
  pack_not_found: "This pack is not sold any more. Choose one of the others.",
  purchase_limit: "You have as many unpaid purchases as there can be. Pay one, or wait: they are closed after a day.",
  purchase_ended: "This purchase has ended. Press the button again to begin a new one.",
  idempotency_key_reused: {
    text: "This was sent before with other values. Look at the history, then try again.",
    link: history,
  },

  // The CV.
  profile_not_found: "There is no CV yet. Saving creates it.",
  precondition_failed: "Your CV was changed elsewhere in the meantime. Nothing of it was overwritten.",
  body_too_large: "This is too large to be saved. Link to pictures instead of putting them into the document.",
  validation_failed: "Something is not as it must be. Correct it and try again.",
  malformed_json: "The document could not be read. Correct it and try again.",

  // Signing up and in.
  invalid_credentials: "The address or the password is wrong. Try again, or create an account.",
  user_already_exists: "There is an account with this address. Sign in instead.",
  weak_password: "This password is too easy to guess. Choose a longer one, or one with more kinds of characters.",
  email_not_confirmed: "This address is not confirmed yet. Open the link in the mail that we sent you.",
  signup_disabled: "New accounts are not open at the moment.",
  captcha_failed: "The check against robots failed. Reload the page and try again.",
  invalid_refresh_token: "Your session has ended. Sign in again.",
  user_not_found: "This account does not exist any more. Sign in with another one.",
  invalid_token: "Your session has ended. Sign in again.",
  unauthorized: "You are not signed in any more. Sign in again.",
  session_ended: "You were signed out elsewhere. Sign in again; what you typed is kept.",
  insufficient_aal:
    "Your account asks for a second factor, and this page cannot ask for it. Sign in where you set it up.",
  auth_refused: "The account service refused this. Check what you typed.",
  auth_conflict: "Two things happened to your account at once. Try again.",

  // The service is in trouble.
  too_many_requests: "That was a lot at once. Wait a moment, then try again.",
  wallet_busy: "Your wallet is busy with other requests. Try again in a moment.",
  request_expired: "The service was too slow to take this. Try again.",
  upstream_unavailable: "The service is down or too slow at the moment. Try again in a moment.",
  misconfigured: "The service is not set up completely. This is not your fault. " + ask,
  internal_error: "The service made a mistake. This is not your fault. " + ask,
  network_error: "The service cannot be reached. Check your connection, then try again.",
  unexpected_answer: "Something between this page and the service gave a strange answer. Try again. " + ask,
  not_found: "This page and the service do not fit together. Reload the page. " + ask,
  method_not_allowed: "This page and the service do not fit together. Reload the page. " + ask,
  unsupported_media_type: "This page and the service do not fit together. Reload the page. " + ask,
};

/** Codes of Auth that mean the same as one of ours. */
const same_as = /** @type {Record<string, string>} */ ({
  user_banned: "invalid_credentials",
  email_exists: "user_already_exists",
  over_request_rate_limit: "too_many_requests",
  over_email_send_rate_limit: "too_many_requests",
  email_address_invalid: "validation_failed",
  email_provider_disabled: "signup_disabled",
  session_not_found: "session_ended",
  session_expired: "session_ended",
  refresh_token_not_found: "invalid_refresh_token",
  refresh_token_already_used: "invalid_refresh_token",
  bad_jwt: "invalid_token",
  conflict: "auth_conflict",
  request_timeout: "upstream_unavailable",
  unexpected_failure: "internal_error",
});

/** The codes that the page has words for. */
export const known_codes = Object.keys(messages);

/**
 * What to tell a person about a problem.
 *
 * @param {any} problem a `TallyProblem`, or whatever else was thrown
 * @returns {Message & { details: string[], request_id?: string }}
 */
export function messageOf(problem) {
  const code = same_as[problem?.code] ?? problem?.code;
  const known = Object.hasOwn(messages, code) ? messages[code] : undefined;
  const message = typeof known === "string" ? { text: known } : known;
  return {
    text: problem?.detail || "Something went wrong on this page. Reload it and try again.",
    ...message,
    details: detailsOf(code, problem),
    // Where support can help, it finds the request by this.
    ...(problem?.request_id && (problem.status >= 500 || message === undefined) && { request_id: problem.request_id }),
  };
}

/** @param {string} code @param {any} problem @returns {string[]} */
function detailsOf(code, problem) {
  if (code === "insufficient_tokens") return [`You have ${problem.token.toLocaleString()} to spend.`];
  if (code === "body_too_large") return [problem.detail];
  if (code === "validation_failed") {
    return (problem.errors ?? []).map((/** @type {any} */ { path, message }) => path ? `${path}: ${message}` : message);
  }
  if (problem?.retryAfterSeconds > 0) return [`The service asks to wait ${waitText(problem.retryAfterSeconds)}.`];
  return [];
}

/** @param {number} seconds */
function waitText(seconds) {
  if (seconds < 90) return `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
