import * as z from "zod";
import { TokenBalance } from "../_shared/balance.ts";
import { JsonObject } from "../_shared/body.ts";

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

/** The part of Auth's answer to a sign-in that is passed on. */
export const Session = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.string(),
  expires_in: z.int().describe("Seconds until the access token expires"),
  expires_at: z.int().describe("The same as Unix time, in seconds"),
  user: z.object({
    id: z.guid(),
    email: z.string().nullish().transform((email) => email ?? null).pipe(z.string().nullable()),
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
