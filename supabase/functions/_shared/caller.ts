import { createHash, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { createLocalJWKSet, errors, jwtVerify } from "jose";
import * as z from "zod";
import type { AppEnv } from "./app.ts";
import { Problem, validationFailed } from "./problem.ts";
import { settings } from "./settings.ts";

/** A signed-in user, known from a verified access token and from nothing else. */
export interface User {
  kind: "user";
  id: string;
  email: string | null;
  /** The sign-in that the token belongs to: it ends with sign-out, the token does not. */
  session_id: string;
  access_token: string;
}

/** A trusted backend that holds a secret key of the project. */
export interface Server {
  kind: "server";
}

export type Caller = User | Server;

/** What a route behind one of the guards below can read: `c.var.caller`. */
export type CallerEnv<Who extends Caller> = AppEnv & { Variables: { caller: Who } };

/** Declares a route open to everyone. */
export const anyone = createMiddleware((_, next) => next());

/** Declares a route for signed-in users. 401 `unauthorized` or `invalid_token` otherwise. */
export const user = createMiddleware<CallerEnv<User>>(async (c, next) => {
  const caller = await identify(c);
  if (caller.kind !== "user") throw unauthorized("This route takes a user's access token, not a key.");
  c.set("caller", caller);
  await next();
});

/** Declares a route for signed-in users and for trusted servers. 401 otherwise. */
export const userOrServer = createMiddleware<CallerEnv<Caller>>(
  async (c, next) => {
    c.set("caller", await identify(c));
    await next();
  },
);

/** Declares a route for trusted servers. 401 without a key, 403 `server_required` for a user. */
export const server = createMiddleware<CallerEnv<Server>>(async (c, next) => {
  const caller = await identify(c);
  if (caller.kind !== "server") throw new Problem("server_required");
  c.set("caller", caller);
  await next();
});

/**
 * Whose account a request is about: a user's own, or the one that a server names.
 * 422 where a user names an account, or a server names none.
 */
export function accountOf(caller: Caller, user_id: string | undefined): string {
  if (caller.kind === "user") {
    if (user_id === undefined) return caller.id;
    throw validationFailed([{ path: "user_id", message: "Only a server may name a user" }]);
  }
  if (user_id !== undefined) return user_id;
  throw validationFailed([{ path: "user_id", message: "A server must name the user" }]);
}

async function identify(c: Context): Promise<Caller> {
  const apikey = c.req.header("apikey");
  const bearer = /^bearer +(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1]?.trim();
  // supabase-js repeats its API key as the bearer while nobody is signed in. A token
  // goes before a key: whoever sends both acts with the lesser rights of the user.
  if (bearer !== undefined && !bearer.startsWith("sb_")) return await verify(bearer);
  if (apikey !== undefined && isSecretKey(apikey)) return { kind: "server" };
  throw unauthorized("Send a user's access token as a bearer token.");
}

function unauthorized(detail: string): Problem {
  return new Problem("unauthorized", { detail });
}

const digest = (key: string) => createHash("sha256").update(key).digest();
const secret_key_digests = settings.secret_keys.map(digest);

function isSecretKey(key: string): boolean {
  const candidate = digest(key);
  return secret_key_digests.some((known) => timingSafeEqual(known, candidate));
}

const claims = z.object({
  sub: z.guid(),
  email: z.string().optional(),
  role: z.literal("authenticated"),
  session_id: z.guid(),
  exp: z.int(),
});

const keys = createLocalJWKSet(settings.jwks);

// Verifying a signature costs more than the rest of a request. The cache is bounded
// in size, and in time, so that a key that was withdrawn stops working within a minute.
const cache_entries = 1_000;
const cache_ms = 60_000;
const verified = new Map<string, { user: User; until_ms: number }>();

async function verify(access_token: string): Promise<User> {
  const known = verified.get(access_token);
  if (known !== undefined && known.until_ms > Date.now()) return known.user;
  verified.delete(access_token);

  const payload = await jwtVerify(access_token, keys, {
    // The issuer is not compared: a function may know the project by an inner address.
    // The keys are the project's own, so the signature says as much.
    audience: "authenticated",
    algorithms: ["ES256", "RS256"],
  }).then(({ payload }) => claims.safeParse(payload).data, (error) => {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  });
  if (payload === undefined) {
    throw new Problem("invalid_token", {
      detail: "The access token is malformed, expired or not signed by this project.",
      // RFC 6750, section 3.1
      headers: { "www-authenticate": 'Bearer realm="tally", error="invalid_token"' },
    });
  }

  const user: User = {
    kind: "user",
    id: payload.sub,
    email: payload.email || null,
    session_id: payload.session_id,
    access_token,
  };
  if (verified.size >= cache_entries) verified.delete(verified.keys().next().value!);
  verified.set(access_token, { user, until_ms: Math.min(payload.exp * 1_000, Date.now() + cache_ms) });
  return user;
}
