import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app.ts";
import { type Caller, type Identify, type Server, unauthorized, type User } from "./identity.ts";
import { Problem, validationFailed } from "./problem.ts";

/** What a route behind one of the guards below can read: `c.var.caller`. */
export type CallerEnv<Who extends Caller> = AppEnv & { Variables: { caller: Who } };

/** Declares a route open to everyone. */
export const anyone = createMiddleware((_, next) => next());

/** Declares a route for signed-in users. 401 `unauthorized` or `invalid_token` otherwise. */
export const user = createMiddleware<CallerEnv<User>>(async (c, next) => {
  const caller = await identify(c);
  if (caller.kind !== "user") throw unauthorized("This route takes a user's access token, not a key.");
  await next();
});

/** Declares a route for signed-in users and for trusted servers. 401 otherwise. */
export const userOrServer = createMiddleware<CallerEnv<Caller>>(
  async (c, next) => {
    await identify(c);
    await next();
  },
);

/** Declares a route for trusted servers. 401 without a key, 403 `server_required` for a user. */
export const server = createMiddleware<CallerEnv<Server>>(async (c, next) => {
  const caller = await identify(c);
  if (caller.kind !== "server") throw new Problem("server_required");
  await next();
});

/**
 * Declares a route for support staff: signed-in users whose verified token has `app_metadata.role` "support". 401
 * without a token, 403 `staff_required` for other users and for servers, which are nobody in person.
 */
export const staff = createMiddleware<CallerEnv<User>>(async (c, next) => {
  const caller = await identify(c);
  if (caller.kind !== "user" || !caller.is_staff) throw new Problem("staff_required");
  c.set("actor", caller.id);
  await next();
});

/**
 * Whose account a request is about: a user's own, or the one that a server names. The request's
 * log line names it. 422 where a user names an account, or a server names none.
 */
export function accountOf<Who extends Caller>(c: Context<CallerEnv<Who>>, user_id: string | undefined): string {
  const caller: Caller = c.get("caller");
  if (caller.kind === "user") {
    if (user_id === undefined) return caller.id;
    throw validationFailed([{ path: "user_id", message: "Only a server may name a user" }]);
  }
  if (user_id === undefined) throw validationFailed([{ path: "user_id", message: "A server must name the user" }]);
  c.set("account", user_id);
  return user_id;
}

/** Who sent a request. The log line knows from here on, also where the route refuses this caller. */
async function identify(c: Context): Promise<Caller> {
  const identify: Identify = c.get("identify");
  const caller = await identify({ authorization: c.req.header("authorization"), apikey: c.req.header("apikey") });
  c.set("caller", caller);
  return caller;
}
