import * as z from "zod";
import { TokenBalance } from "../_shared/balance.ts";
import { JsonObject } from "../_shared/body.ts";
import { Time } from "../_shared/time.ts";

const max_password_bytes = 72;

const email = z.email().max(255).describe("E-mail address, at most 255 characters");
const password = z.string().min(1).refine(
  (password) => new TextEncoder().encode(password).length <= max_password_bytes,
  `At most ${max_password_bytes} bytes of UTF-8`,
).describe(`At most ${max_password_bytes} bytes of UTF-8, which is all that bcrypt reads`);
const captcha_token = z.string().min(1).max(4_096).describe("What the CAPTCHA widget gave, where one is configured");

/** Body of POST /auth/signup. */
export const SignUpRequest = z.strictObject({
  email,
  password,
  captcha_token: captcha_token.optional(),
  metadata: JsonObject.optional().describe("Any JSON object, kept with the user (user_metadata)"),
});
export type SignUpRequest = z.infer<typeof SignUpRequest>;

/** Body of POST /auth/signin. */
export const SignInRequest = z.strictObject({ email, password, captcha_token: captcha_token.optional() });
export type SignInRequest = z.infer<typeof SignInRequest>;

/** Body of POST /auth/refresh. */
export const RefreshRequest = z.strictObject({ refresh_token: z.string().min(1).max(4_096) });
export type RefreshRequest = z.infer<typeof RefreshRequest>;

/** Query of POST /auth/signout. */
export const SignOutQuery = z.object({
  scope: z.enum(["local", "global", "others"]).default("local")
    .describe("local: this session; global: all of the user's; others: all but this one"),
});
export type SignOutScope = z.infer<typeof SignOutQuery>["scope"];

const code = z.string().regex(/^\d{6,10}$/, "6 to 10 digits").describe("The code from the mail, 6 to 10 digits");

/** Body of POST /auth/confirm. */
export const ConfirmRequest = z.strictObject({ email, code });
export type ConfirmRequest = z.infer<typeof ConfirmRequest>;

/** Body of POST /auth/password/forgot. */
export const ForgotPasswordRequest = z.strictObject({ email, captcha_token: captcha_token.optional() });
export type ForgotPasswordRequest = z.infer<typeof ForgotPasswordRequest>;

/** Answer to POST /auth/password/forgot: says nothing of whether the address was known. */
export const CodeRequested = z.object({ email });

/** Body of POST /auth/password/reset. */
export const ResetPasswordRequest = z.strictObject({ email, code, password });
export type ResetPasswordRequest = z.infer<typeof ResetPasswordRequest>;

/** Body of PUT /auth/password. */
export const PasswordChange = z.strictObject({ current_password: password, password });
export type PasswordChange = z.infer<typeof PasswordChange>;

/** Body of DELETE /auth/user. */
export const AccountDeletion = z.strictObject({ password });
export type AccountDeletion = z.infer<typeof AccountDeletion>;

/** One session of a user. */
export const SignedInSession = z.object({
  id: z.guid(),
  is_current: z.boolean().describe("Whether the request came from this session"),
  created_at: Time,
  refreshed_at: Time.nullable(),
  not_after: Time.nullable().describe("When it ends by itself, if it does"),
  user_agent: z.string().nullable().describe("The program that opened or refreshed it last"),
  ip: z.string().nullable().describe("The address that program had, as Auth saw it"),
  aal: z.string().nullable().describe("aal1, or aal2 where a second factor was shown"),
});
export type SignedInSession = z.infer<typeof SignedInSession>;

/** Answer to GET /auth/sessions. */
export const SessionList = z.object({ sessions: z.array(SignedInSession).max(100) });

/** The part of Auth's answer to a sign-in that is passed on. */
export const Session = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.string(),
  expires_in: z.int().describe("Seconds until the access token expires"),
  expires_at: z.int().describe("The same as Unix time, in seconds"),
  user: z.object({
    id: z.guid(),
    // Auth says "" of a user without an address.
    email: z.string().nullish().transform((email) => email || null).pipe(z.string().nullable()),
  }),
});
export type Session = z.infer<typeof Session>;

/** Answer to signup, signin and refresh. */
export const AuthResponse = Session.extend({ token: TokenBalance.shape.token });
export type AuthResponse = z.infer<typeof AuthResponse>;

/** Answer to a signup that waits for the address to be confirmed: says nothing of whether it was known. */
export const ConfirmationRequired = z.object({ confirmation_required: z.literal(true), email });

/** Answer to GET /auth/user. */
export const CurrentUser = z.object({
  id: z.guid(),
  email: z.string().nullable(),
  token: TokenBalance.shape.token,
  token_updated_at: TokenBalance.shape.updated_at,
});

const rows = z.array(JsonObject);

/** Answer to GET /auth/export. */
export const AccountExport = z.object({
  exported_at: Time,
  account: JsonObject.describe("The account as Auth has it: addresses, metadata, identities, second factors"),
  sessions: z.array(SignedInSession),
  profile: JsonObject.nullable().describe("The CV, with its times"),
  wallet: TokenBalance.nullable(),
  transactions: rows.describe("The whole ledger, oldest first"),
  holds: rows,
  purchases: rows,
  payment_events: rows.describe("What payment providers said of the purchases"),
  notices: rows,
  support_log: rows.describe("When the staff looked at the account or acted on it, and why"),
});
