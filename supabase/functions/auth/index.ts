import { createApp } from "../_shared/app.ts";
import { readBody, readQuery, refuseQuery } from "../_shared/body.ts";
import { anyone, user } from "../_shared/caller.ts";
import { answerHealth } from "../_shared/health.ts";
import { createAuthCall } from "./auth_call.ts";
import { requireCaptcha } from "./captcha.ts";
import { clientIp } from "./client_ip.ts";
import { connectDatabase } from "./database.ts";
import { type AuthResponse, RefreshRequest, SignInRequest, SignOutQuery, SignUpRequest } from "./schema.ts";
import { refresh, signIn, signOut, signUp } from "./sessions.ts";
import { type AuthSettings, settings } from "./settings.ts";

/** The app of the auth domain: accounts and sessions. */
export function createAuth(settings: AuthSettings) {
  const { captcha, client_ip_header } = settings;
  const callAuth = createAuthCall(settings);
  const database = connectDatabase(settings.platform);
  const app = createApp("auth", settings);

  app.get("/health", anyone, answerHealth(settings.platform));

  /**
   * Creates a user with an empty wallet: 201 AuthResponse, or 202 where the address must be
   * confirmed first. 409 `user_already_exists`, 422 `weak_password`.
   */
  app.post("/signup", anyone, async (c) => {
    const request = await readBody(c, SignUpRequest);
    const client_ip = clientIp(c, client_ip_header);
    await requireCaptcha(captcha, request.captcha_token, client_ip);
    const session = await signUp(callAuth, request, client_ip);
    if (session === null) return c.json({ confirmation_required: true, email: request.email }, 202);
    c.set("account", session.user.id);
    // The account exists by now: that the balance cannot be read is no reason to deny it.
    const { token } = await database.recordSignIn(session.user.id).catch((error) => {
      c.set("note", error);
      return { token: 0 };
    });
    return c.json<AuthResponse, 201>({ ...session, token }, 201);
  });

  /** Opens a session. 401 `invalid_credentials`, 403 `email_not_confirmed`, 429. */
  app.post("/signin", anyone, async (c) => {
    const request = await readBody(c, SignInRequest);
    const client_ip = clientIp(c, client_ip_header);
    await requireCaptcha(captcha, request.captcha_token, client_ip);
    const session = await signIn(callAuth, request, client_ip);
    c.set("account", session.user.id);
    const { token } = await database.recordSignIn(session.user.id);
    return c.json<AuthResponse>({ ...session, token });
  });

  /** Trades a refresh token for a new session. 401 `invalid_refresh_token`, 409 `auth_conflict`. */
  app.post("/refresh", anyone, async (c) => {
    const session = await refresh(callAuth, await readBody(c, RefreshRequest), clientIp(c, client_ip_header));
    c.set("account", session.user.id);
    const { token } = await database.recordSignIn(session.user.id);
    return c.json<AuthResponse>({ ...session, token });
  });

  /** Ends the current session (`scope=local`), all of them (`global`) or all others: 204. */
  app.post("/signout", user, async (c) => {
    await signOut(callAuth, c.var.caller, readQuery(c, SignOutQuery).scope);
    return c.body(null, 204);
  });

  /** Who the caller is, with their balance. */
  app.get("/user", user, async (c) => {
    refuseQuery(c);
    const { id, email } = c.var.caller;
    const { token, updated_at } = await database.balanceOf(c.var.caller);
    return c.json({ id, email, token, token_updated_at: updated_at });
  });

  return app;
}

export default createAuth(settings);
