import type { Context } from "hono";
import * as z from "zod";
import { createApp } from "../_shared/app.ts";
import { readBody, readQuery, refuseQuery } from "../_shared/body.ts";
import { anyone, user } from "../_shared/caller.ts";
import { answerHealth } from "../_shared/health.ts";
import { Problem } from "../_shared/problem.ts";
import { createAuthCall } from "./auth_call.ts";
import { requireCaptcha } from "./captcha.ts";
import { clientOf } from "./client.ts";
import { connectDatabase } from "./database.ts";
import { deleteAccount } from "./deletion.ts";
import { exportAccount } from "./export.ts";
import { changePassword, forgotPassword, resetPassword } from "./passwords.ts";
import {
  AccountDeletion,
  type AuthResponse,
  ConfirmRequest,
  ForgotPasswordRequest,
  PasswordChange,
  RefreshRequest,
  ResetPasswordRequest,
  SignInRequest,
  SignOutQuery,
  SignUpRequest,
} from "./schema.ts";
import { confirm, refresh, signIn, signOut, signUp } from "./sessions.ts";
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
    const client = clientOf(c, client_ip_header);
    await requireCaptcha(captcha, request.captcha_token, client);
    const session = await signUp(callAuth, request, client);
    if (session === null) return c.json({ confirmation_required: true, email: request.email }, 202);
    c.set("account", session.user.id);
    // The account exists by now: that the balance cannot be read is no reason to deny it.
    const { token } = await database.recordSignIn(session.user.id).catch((error) => {
      c.set("note", error);
      return { token: 0 };
    });
    return c.json<AuthResponse, 201>({ ...session, token }, 201);
  });

  /** Confirms the address of a new account with the code of the mail: 200 AuthResponse. 401 `invalid_code`. */
  app.post("/confirm", anyone, async (c) => {
    const session = await confirm(callAuth, await readBody(c, ConfirmRequest), clientOf(c, client_ip_header));
    c.set("account", session.user.id);
    const { token } = await database.recordSignIn(session.user.id);
    return c.json<AuthResponse>({ ...session, token });
  });

  /** Opens a session. 401 `invalid_credentials`, 403 `email_not_confirmed`, 429. */
  app.post("/signin", anyone, async (c) => {
    const request = await readBody(c, SignInRequest);
    const client = clientOf(c, client_ip_header);
    await requireCaptcha(captcha, request.captcha_token, client);
    const session = await signIn(callAuth, request, client);
    c.set("account", session.user.id);
    const { token } = await database.recordSignIn(session.user.id);
    return c.json<AuthResponse>({ ...session, token });
  });

  /** Trades a refresh token for a new session. 401 `invalid_refresh_token`, 409 `auth_conflict`. */
  app.post("/refresh", anyone, async (c) => {
    const session = await refresh(callAuth, await readBody(c, RefreshRequest), clientOf(c, client_ip_header));
    c.set("account", session.user.id);
    const { token } = await database.recordSignIn(session.user.id);
    return c.json<AuthResponse>({ ...session, token });
  });

  /** Ends the current session (`scope=local`), all of them (`global`) or all others: 204. */
  app.post("/signout", user, async (c) => {
    await signOut(callAuth, c.var.caller, readQuery(c, SignOutQuery).scope);
    return c.body(null, 204);
  });

  /** The caller's sessions, newest first. */
  app.get("/sessions", user, async (c) => {
    refuseQuery(c);
    return c.json({ sessions: await database.listSessions(c.var.caller) });
  });

  /** Ends one of the caller's sessions: 204. 404 `session_not_found`. */
  app.delete("/sessions/:id", user, async (c) => {
    refuseQuery(c);
    await database.endSession(c.var.caller, sessionId(c));
    return c.body(null, 204);
  });

  /** Mails a code for a new password, if the address is known: 202 either way. */
  app.post("/password/forgot", anyone, async (c) => {
    const request = await readBody(c, ForgotPasswordRequest);
    const client = clientOf(c, client_ip_header);
    await requireCaptcha(captcha, request.captcha_token, client);
    c.set("note", await forgotPassword(callAuth, request, client));
    return c.json({ email: request.email }, 202);
  });

  /** Sets a new password with the code of the mail, and ends all sessions but the one it opens: 200 AuthResponse. */
  app.post("/password/reset", anyone, async (c) => {
    const request = await readBody(c, ResetPasswordRequest);
    const session = await resetPassword(callAuth, request, clientOf(c, client_ip_header));
    c.set("account", session.user.id);
    const { token } = await database.recordSignIn(session.user.id);
    return c.json<AuthResponse>({ ...session, token });
  });

  /** Changes the caller's password, which takes the current one, and ends their other sessions: 204. */
  app.put("/password", user, async (c) => {
    const request = await readBody(c, PasswordChange);
    await database.requireSession(c.var.caller);
    await changePassword(callAuth, c.var.caller, request, clientOf(c, client_ip_header));
    return c.body(null, 204);
  });

  /** Who the caller is, with their balance. */
  app.get("/user", user, async (c) => {
    refuseQuery(c);
    const { id, email } = c.var.caller;
    const { token, updated_at } = await database.balanceOf(c.var.caller);
    return c.json({ id, email, token, token_updated_at: updated_at });
  });

  /** All that is stored about the caller, as one JSON file. */
  app.get("/export", user, async (c) => {
    refuseQuery(c);
    return c.body(await exportAccount(callAuth, database, c.var.caller), 200, {
      "content-type": "application/json",
      "content-disposition": 'attachment; filename="account.json"',
    });
  });

  /** Deletes the caller's account, which takes the password, and closes its books: 204. 401 `invalid_credentials`. */
  app.delete("/user", user, async (c) => {
    const { password } = await readBody(c, AccountDeletion);
    await database.requireSession(c.var.caller);
    await deleteAccount(callAuth, c.var.caller, password, clientOf(c, client_ip_header));
    return c.body(null, 204);
  });

  return app;
}

/** The `:id` of the path. An id of the wrong form names nothing, hence a 404. */
function sessionId(c: Context): string {
  const id = z.guid().safeParse(c.req.param("id"));
  if (!id.success) throw new Problem("session_not_found");
  return id.data;
}

export default createAuth(settings);
