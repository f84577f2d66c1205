import * as auth from "../../supabase/functions/auth/schema.ts";
import { person, session } from "./examples.ts";
import type { Operation } from "./operation.ts";

const with_captcha = "Where a CAPTCHA is configured, `captcha_token` is what its widget gave.";

/** A new session opens the wallet where it is missing, and ends old sessions. */
const opening_session = ["user_not_found", "wallet_busy", "request_expired"] as const;

export const auth_operations: Operation[] = [
  {
    method: "POST",
    path: "/auth/signup",
    name: "signUp",
    summary: "Create an account with an empty wallet",
    description:
      `Answers 202, the same for new and known addresses, where addresses must be confirmed. ${with_captcha}`,
    who: "anyone",
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
    path: "/auth/signin",
    name: "signIn",
    summary: "Sign in with a password",
    description: with_captcha,
    who: "anyone",
    body: auth.SignInRequest,
    example: person,
    answers: { 200: { description: "A new session", schema: auth.AuthResponse, example: session } },
    problems: [
      ...["invalid_credentials", "email_not_confirmed", "captcha_failed", "too_many_requests"] as const,
      ...opening_session,
    ],
  },
  {
    method: "POST",
    path: "/auth/refresh",
    name: "refresh",
    summary: "Trade a refresh token for a new session",
    who: "anyone",
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
    query: auth.SignOutQuery,
    answers: { 204: { description: "The sessions have ended", schema: null } },
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
];
