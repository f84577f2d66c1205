import { createApp } from "../_shared/app.ts";
import { readBody, readQuery } from "../_shared/body.ts";
import { anyone, user } from "../_shared/caller.ts";
import { balanceOf, openNewWallet, refresh, signIn, signOut, signUp } from "./accounts.ts";
import { requireCaptcha } from "./captcha.ts";
import { clientIp } from "./client_ip.ts";
import {
  type AuthResponse,
  RefreshRequest,
  type Session,
  SignInRequest,
  SignOutQuery,
  SignUpRequest,
} from "./schema.ts";

const app = createApp("auth");

app.get("/health", anyone, (c) => c.json({ status: "ok" }));

/**
 * Creates a user with an empty wallet: 201 AuthResponse, or 202 where the address must be
 * confirmed first. 409 `user_already_exists`, 422 `weak_password`.
 */
app.post("/signup", anyone, async (c) => {
  const request = await readBody(c, SignUpRequest);
  await requireCaptcha(request.captcha_token, clientIp(c));
  const session = await signUp(request, clientIp(c));
  if (session === null) return c.json({ confirmation_required: true, email: request.email }, 202);
  // The account exists by now: that the balance cannot be read is no reason to deny it.
  const { token } = await openNewWallet(session.user.id).catch((error) => {
    c.set("error", error);
    return { token: 0 };
  });
  return c.json(withBalance(session, token), 201);
});

/** Opens a session. 401 `invalid_credentials`, 403 `email_not_confirmed`, 429. */
app.post("/signin", anyone, async (c) => {
  const request = await readBody(c, SignInRequest);
  await requireCaptcha(request.captcha_token, clientIp(c));
  return c.json(await withCurrentBalance(await signIn(request, clientIp(c))));
});

/** Trades a refresh token for a new session. 401 `invalid_refresh_token`. */
app.post("/refresh", anyone, async (c) => {
  const request = await readBody(c, RefreshRequest);
  return c.json(await withCurrentBalance(await refresh(request, clientIp(c))));
});

/** Ends the current session (`scope=local`), all of them (`global`) or all others: 204. */
app.post("/signout", user, async (c) => {
  await signOut(c.var.caller, readQuery(c, SignOutQuery).scope);
  return c.body(null, 204);
});

/** Who the caller is, with their balance. */
app.get("/user", user, async (c) => {
  const { id, email } = c.var.caller;
  const { token, updated_at } = await balanceOf(c.var.caller);
  return c.json({ id, email, token, token_updated_at: updated_at });
});

async function withCurrentBalance(session: Session): Promise<AuthResponse> {
  const { token } = await balanceOf({ id: session.user.id, access_token: session.access_token });
  return withBalance(session, token);
}

function withBalance(session: Session, token: number): AuthResponse {
  return { ...session, token };
}

export default app;
