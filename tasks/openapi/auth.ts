import * as auth from "../../supabase/functions/auth/schema.ts";
import { person, session, session_id, time } from "./examples.ts";
import type { Operation } from "./operation.ts";

const with_captcha = "Where a CAPTCHA is configured, `captcha_token` is what its widget gave.";

/** A new session opens the wallet where it is missing, and ends old sessions. */
const opening_session = ["user_not_found", "wallet_busy", "request_expired"] as const;

/** What a route that takes the caller's password again may be refused with. */
const needing_password = [
  ...["session_ended", "invalid_credentials", "email_not_confirmed", "signup_disabled", "insufficient_aal"] as const,
  "too_many_requests",
] as const;

export const auth_operations: Operation[] = [
  {
    method: "POST",
    path: "/auth/signup",
    name: "signUp",
    summary: "Create an account with an empty wallet",
    description:
      `Answers 202, the same for new and known addresses, where addresses must be confirmed. ${with_captcha}`,
    who: "anyone",
    asks_auth: true,
    body: auth.SignUpRequest,
    example: { ...person, metadata: { name: "Ada" } },
    answers: {
      201: { description: "The account, signed in", schema: auth.AuthResponse, example: session },
      202: {
        description: "A mail was sent: the address must be confirmed first",
        schema: auth.ConfirmationRequired,
        example: { confirmation_required: true, email: person.email },
      },
    },
    problems: ["signup_disabled", "user_already_exists", "weak_password", "captcha_failed", "too_many_requests"],
  },
  {
    method: "POST",
    path: "/auth/confirm",
    name: "confirm",
    summary: "Confirm an address with the code of the mail",
    description: "Opens the first session of an account whose address had to be confirmed.",
    who: "anyone",
    asks_auth: true,
    body: auth.ConfirmRequest,
    example: { email: person.email, code: "123456" },
    answers: { 200: { description: "A new session", schema: auth.AuthResponse, example: session } },
    problems: ["invalid_code", "too_many_requests", ...opening_session],
  },
  {
    method: "POST",
    path: "/auth/signin",
    name: "signIn",
    summary: "Sign in with a password",
    description: with_captcha,
    who: "anyone",
    asks_auth: true,
    body: auth.SignInRequest,
    example: person,
    answers: { 200: { description: "A new session", schema: auth.AuthResponse, example: session } },
    problems: [
      ...["invalid_credentials", "email_not_confirmed", "signup_disabled", "captcha_failed"] as const,
      "too_many_requests",
      ...opening_session,
    ],
  },
  {
    method: "POST",
    path: "/auth/refresh",
    name: "refresh",
    summary: "Trade a refresh token for a new session",
    who: "anyone",
    asks_auth: true,
    body: auth.RefreshRequest,
    example: { refresh_token: session.refresh_token },
    answers: { 200: { description: "A new session", schema: auth.AuthResponse, example: session } },
    problems: ["invalid_refresh_token", "too_many_requests", ...opening_session],
  },
  {
    method: "POST",
    path: "/auth/signout",
    name: "signOut",
    summary: "End sessions",
    description: "Also answers 204 where the session is already gone. From then on its access token cannot spend.",
    who: "user",
    asks_auth: true,
    query: auth.SignOutQuery,
    answers: { 204: { description: "The sessions have ended", schema: null } },
  },
  {
    method: "GET",
    path: "/auth/sessions",
    name: "sessions",
    summary: "The caller's sessions, newest first",
    who: "user",
    answers: {
      200: {
        description: "The newest 100 that are signed in",
        schema: auth.SessionList,
        example: {
          sessions: [{
            ...{ id: session_id, is_current: true, created_at: time, refreshed_at: null, not_after: null },
            ...{ user_agent: "Mozilla/5.0", ip: "203.0.113.7", aal: "aal1" },
          }],
        },
      },
    },
  },
  {
    method: "DELETE",
    path: "/auth/sessions/{id}",
    name: "endSession",
    summary: "End one of the caller's sessions",
    who: "user",
    answers: { 204: { description: "It has ended, and its access token cannot spend", schema: null } },
    problems: ["session_not_found"],
  },
  {
    method: "POST",
    path: "/auth/password/forgot",
    name: "forgotPassword",
    summary: "Ask for a code to set a new password with",
    description: `Answers the same for known and unknown addresses. ${with_captcha}`,
    who: "anyone",
    asks_auth: true,
    body: auth.ForgotPasswordRequest,
    example: { email: person.email },
    answers: {
      202: {
        description: "A mail was sent, if there is such an account",
        schema: auth.CodeRequested,
        example: { email: person.email },
      },
    },
    problems: ["signup_disabled", "captcha_failed", "too_many_requests"],
  },
  {
    method: "POST",
    path: "/auth/password/reset",
    name: "resetPassword",
    summary: "Set a new password with the code of the mail",
    description: "Ends all sessions and opens one. The code is used up, also where the password is refused.",
    who: "anyone",
    asks_auth: true,
    body: auth.ResetPasswordRequest,
    example: { email: person.email, code: "123456", password: "a much better one" },
    answers: { 200: { description: "A new session", schema: auth.AuthResponse, example: session } },
    problems: [
      ...["invalid_code", "insufficient_aal", "weak_password", "same_password", "too_many_requests"] as const,
      ...opening_session,
    ],
  },
  {
    method: "PUT",
    path: "/auth/password",
    name: "changePassword",
    summary: "Change the password",
    description: "Takes the current password, and ends the user's other sessions.",
    who: "user",
    asks_auth: true,
    body: auth.PasswordChange,
    example: { current_password: person.password, password: "a much better one" },
    answers: { 204: { description: "The new password counts", schema: null } },
    problems: [...needing_password, "reauthentication_needed", "weak_password", "same_password"],
  },
  {
    method: "GET",
    path: "/auth/user",
    name: "user",
    summary: "Who the caller is, with their balance",
    who: "user",
    answers: {
      200: {
        description: "The caller",
        schema: auth.CurrentUser,
        example: { ...session.user, token: session.token, token_updated_at: "2026-11-24T14:52:39.527+00:00" },
      },
    },
    problems: ["user_not_found", "wallet_busy"],
  },
  {
    method: "GET",
    path: "/auth/export",
    name: "exportAccount",
    summary: "All that is stored about the caller",
    description: "One JSON file, whatever its size.",
    who: "user",
    asks_auth: true,
    answers: {
      200: {
        description: "The file",
        schema: auth.AccountExport,
        example: {
          ...{ exported_at: time, account: { id: session.user.id, email: person.email }, sessions: [], profile: null },
          ...{ wallet: null, transactions: [], holds: [], purchases: [], payment_events: [], notices: [] },
          support_log: [],
        },
      },
    },
    problems: ["session_ended", "insufficient_aal", "too_many_requests", "wallet_busy", "request_expired"],
  },
  {
    method: "DELETE",
    path: "/auth/user",
    name: "deleteUser",
    summary: "Delete the account",
    description: "Takes the password. Closes the wallet and removes the CV; the books keep entries that name nobody.",
    who: "user",
    asks_auth: true,
    body: auth.AccountDeletion,
    example: { password: person.password },
    answers: { 204: { description: "The account is gone", schema: null } },
    problems: [...needing_password],
  },
];
