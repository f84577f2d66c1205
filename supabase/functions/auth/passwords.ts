import { decodeJwt } from "jose";
import * as z from "zod";
import type { User } from "../_shared/identity.ts";
import { Problem } from "../_shared/problem.ts";
import type { AuthCall } from "./auth_call.ts";
import type { Client } from "./client.ts";
import { of_codes, of_sessions } from "./refusals.ts";
import { type ForgotPasswordRequest, type PasswordChange, type ResetPasswordRequest, Session } from "./schema.ts";
import { signIn, signOut } from "./sessions.ts";

/** As much of an account at Auth as decides what its password alone may do. */
const Account = z.object({
  email: z.string().nullish(),
  factors: z.array(z.object({ status: z.string() })).nullish(),
});

/** Refusals of `recover` that only a known address can get, beside every failure to send. */
const refusals_of_known_addresses = ["over_email_send_rate_limit", "email_address_not_authorized"];

/**
 * Has Auth mail a code to an address, if there is such an account, and does not tell: what a known address alone can be
 * refused with comes back as a note for the log.
 */
export async function forgotPassword(
  call: AuthCall,
  { email, captcha_token }: ForgotPasswordRequest,
  client: Client,
): Promise<string | undefined> {
  let note: string | undefined;
  await call("recover", { email, gotrue_meta_security: { captcha_token } }, {
    client,
    accept: (status, code) => {
      const is_silent = status >= 500 || refusals_of_known_addresses.includes(code);
      if (is_silent) note = `no mail was sent: auth answered ${status} ${code}`;
      return is_silent;
    },
  });
  return note;
}

/**
 * Sets a new password with the code of a mail, ends all sessions and opens one. 401 `invalid_code`; the code is used up
 * even where the password is refused: 422 `weak_password` or `same_password`, 403 `insufficient_aal`.
 */
export async function resetPassword(
  call: AuthCall,
  { email, code, password }: ResetPasswordRequest,
  client: Client,
): Promise<Session> {
  const session = Session.parse(
    await call("verify", { type: "recovery", email, token: code }, { client, refusals: of_codes }),
  );
  await call("user", { password }, { method: "PUT", access_token: session.access_token }).catch(async (error) => {
    await signOut(call, session, "local").catch(() => {});
    throw error;
  });
  await signOut(call, session, "others");
  return session;
}

/**
 * Changes a password and ends the user's other sessions. 401 `invalid_credentials`, 422 `weak_password` or
 * `same_password`, 403 `insufficient_aal` or `reauthentication_needed`.
 */
export async function changePassword(
  call: AuthCall,
  caller: User,
  { current_password, password }: PasswordChange,
  client: Client,
): Promise<void> {
  await requirePassword(call, caller, current_password, client);
  await call("user", { password, current_password }, {
    method: "PUT",
    access_token: caller.access_token,
    refusals: of_sessions,
  });
  await signOut(call, caller, "others");
}

/**
 * Lets pass only who knows the caller's password, and has shown the second factor where the account has one. 401
 * `invalid_credentials`, or `session_ended` before the password is looked at; 403 `insufficient_aal`.
 */
export async function requirePassword(
  call: AuthCall,
  { access_token }: User,
  password: string,
  client: Client,
): Promise<void> {
  const asking = { method: "GET", access_token, refusals: of_sessions };
  const { email, factors } = Account.parse(await call("user", undefined, asking));
  const has_second_factor = factors?.some(({ status }) => status === "verified") ?? false;
  if (has_second_factor && decodeJwt(access_token).aal !== "aal2") throw new Problem("insufficient_aal");
  // The address as Auth has it now: that of the token may be somebody else's by now.
  if (!email) throw new Problem("invalid_credentials", { cause: "the account has no address to sign in with" });
  const proof = await signIn(call, { email, password }, client, { is_trusted: true });
  await signOut(call, proof, "local");
}
