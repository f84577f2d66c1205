import { openWallet, readBalance, type TokenBalance } from "../_shared/balance.ts";
import type { User } from "../_shared/caller.ts";
import { connect, upstream_timeout_ms } from "../_shared/clients.ts";
import { Problem, type ProblemCode } from "../_shared/problem.ts";
import { settings } from "../_shared/settings.ts";
import { captcha_is_verified_here } from "./captcha.ts";
import { problemOf } from "./refusals.ts";
import { type RefreshRequest, Session, type SignInRequest, type SignOutScope, type SignUpRequest } from "./schema.ts";

// This is the auth domain's one use of the secret key: to name the client's address
// to Auth, and to open a wallet that was not born with its user.
const trusted = connect(settings.secret_key);
const database = connect(settings.publishable_key);

/**
 * Creates a user. Null where the address must be confirmed first; the id that Auth
 * answers then is not used, since for a known address it is made up.
 */
export async function signUp(
  { email, password, metadata, captcha_token }: SignUpRequest,
  client_ip: string | undefined,
): Promise<Session | null> {
  const body = { email, password, data: metadata ?? {}, gotrue_meta_security: { captcha_token } };
  const answer = await call("signup", body, { client_ip });
  return isSession(answer) ? Session.parse(answer) : null;
}

/** Opens a session with a password. 401 `invalid_credentials`, 403 `email_not_confirmed`. */
export async function signIn(
  { email, password, captcha_token }: SignInRequest,
  client_ip: string | undefined,
): Promise<Session> {
  const body = { email, password, gotrue_meta_security: { captcha_token } };
  return Session.parse(await call("token?grant_type=password", body, { client_ip }));
}

/** Trades a refresh token for a new session. 401 `invalid_refresh_token`. */
export async function refresh(
  { refresh_token }: ReturnType<typeof RefreshRequest.parse>,
  client_ip: string | undefined,
): Promise<Session> {
  return Session.parse(
    await call("token?grant_type=refresh_token", { refresh_token }, {
      client_ip,
      // A token of the wrong form is as good as an unknown one.
      refusals: { validation_failed: "invalid_refresh_token" },
    }),
  );
}

/** Ends sessions of the user. A session that is already gone counts as ended. */
export async function signOut(user: User, scope: SignOutScope): Promise<void> {
  await call(`logout?scope=${scope}`, undefined, {
    access_token: user.access_token,
    accept: (status) => status === 401 || status === 403 || status === 404,
  });
}

/** The user's balance; opens the wallet where it is missing. */
export async function balanceOf(user: Pick<User, "id" | "access_token">): Promise<TokenBalance> {
  const caller: User = { kind: "user", email: null, session_id: "", ...user };
  return await readBalance(database, caller, user.id) ?? await openWallet(trusted, user.id);
}

/** The balance of a user who has just been created. */
export async function openNewWallet(user_id: string): Promise<TokenBalance> {
  return await openWallet(trusted, user_id);
}

interface CallOptions {
  client_ip?: string | undefined;
  access_token?: string;
  /** What Auth's codes mean on this route alone. */
  refusals?: Record<string, ProblemCode>;
  /** Refusals that count as success. */
  accept?: (status: number) => boolean;
}

async function call(
  path: string,
  body: unknown,
  { client_ip, access_token, refusals, accept }: CallOptions,
): Promise<unknown> {
  const response = await fetch(`${settings.supabase_url}/auth/v1/${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      // Error bodies as {code, message}, whatever the project's age.
      "x-supabase-api-version": "2024-01-01",
      // The secret key has Auth skip the CAPTCHA that was verified here (a token works once),
      // and believe the client's address: by its limits all users would share this function's.
      apikey: captcha_is_verified_here || client_ip !== undefined ? settings.secret_key : settings.publishable_key,
      ...(client_ip !== undefined && { "sb-forwarded-for": client_ip }),
      ...(access_token !== undefined && { authorization: `Bearer ${access_token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(upstream_timeout_ms),
  }).then(async (response) => ({
    ok: response.ok,
    status: response.status,
    retry_after: response.headers.get("retry-after"),
    body: await response.json().catch(() => undefined) as unknown,
  })).catch((cause) => {
    throw new Problem("upstream_unavailable", { cause });
  });
  if (response.ok || accept?.(response.status)) return response.body;
  throw problemOf(response, refusals);
}

function isSession(answer: unknown): boolean {
  return typeof answer === "object" && answer !== null && "access_token" in answer;
}
