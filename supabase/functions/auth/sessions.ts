import type { AuthCall } from "./auth_call.ts";
import type { Client } from "./client.ts";
import { of_codes, of_refresh_tokens } from "./refusals.ts";
import {
  type ConfirmRequest,
  type RefreshRequest,
  Session,
  type SignInRequest,
  type SignOutScope,
  type SignUpRequest,
} from "./schema.ts";

/**
 * Creates a user. Null where the address must be confirmed first; the id that Auth
 * answers then is not used, since for a known address it is made up.
 */
export async function signUp(
  call: AuthCall,
  { email, password, metadata, captcha_token }: SignUpRequest,
  client: Client,
): Promise<Session | null> {
  const body = { email, password, data: metadata ?? {}, gotrue_meta_security: { captcha_token } };
  const answer = await call("signup", body, {
    client,
    // Of two sign-ups of one address at once, Auth fails the second; asked again it says that the address is taken.
    // A CAPTCHA that Auth may verify itself works once.
    repeat: captcha_token === undefined,
  });
  return isSession(answer) ? Session.parse(answer) : null;
}

/** Confirms an address with the code of the mail, and opens a session. 401 `invalid_code`. */
export async function confirm(
  call: AuthCall,
  { email, code }: ConfirmRequest,
  client: Client,
): Promise<Session> {
  return Session.parse(
    await call("verify", { type: "signup", email, token: code }, { client, refusals: of_codes }),
  );
}

/** Opens a session with a password. 401 `invalid_credentials`, 403 `email_not_confirmed`. */
export async function signIn(
  call: AuthCall,
  { email, password, captcha_token }: SignInRequest,
  client: Client,
  options: { is_trusted?: boolean } = {},
): Promise<Session> {
  const body = { email, password, gotrue_meta_security: { captcha_token } };
  return Session.parse(await call("token?grant_type=password", body, { client, ...options }));
}

/** Trades a refresh token for a new session. 401 `invalid_refresh_token`, 409 `auth_conflict`. */
export async function refresh(
  call: AuthCall,
  { refresh_token }: RefreshRequest,
  client: Client,
): Promise<Session> {
  return Session.parse(
    await call("token?grant_type=refresh_token", { refresh_token }, { client, refusals: of_refresh_tokens }),
  );
}

/** Ends sessions of the user. A session that is already gone counts as ended. */
export async function signOut(
  call: AuthCall,
  { access_token }: { access_token: string },
  scope: SignOutScope,
): Promise<void> {
  await call(`logout?scope=${scope}`, undefined, {
    access_token,
    accept: (status) => status === 401 || status === 403 || status === 404,
  });
}

function isSession(answer: unknown): boolean {
  return typeof answer === "object" && answer !== null && "access_token" in answer;
}
