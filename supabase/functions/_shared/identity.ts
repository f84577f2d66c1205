import { createHash, timingSafeEqual } from "node:crypto";
import { createLocalJWKSet, errors, jwtVerify } from "jose";
import * as z from "zod";
import { Problem } from "./problem.ts";
import type { Platform } from "./settings.ts";

/** A signed-in user, known from a verified access token and from nothing else. */
export interface User {
  kind: "user";
  id: string;
  email: string | null;
  /** The sign-in that the token belongs to: it ends with sign-out, the token does not. */
  session_id: string;
  access_token: string;
  /** Whether the project's operators made the user support staff: nothing that users write about themselves counts. */
  is_staff: boolean;
}

/** A trusted backend that holds a secret key of the project. */
export interface Server {
  kind: "server";
}

export type Caller = User | Server;

/** Tells who sent a request, by its headers. 401 `unauthorized` or `invalid_token` if nobody is known by them. */
export type Identify = (
  headers: { authorization?: string | undefined; apikey?: string | undefined },
) => Promise<Caller>;

const claims = z.object({
  sub: z.guid(),
  email: z.string().optional(),
  role: z.literal("authenticated"),
  session_id: z.guid(),
  exp: z.int(),
  // Only the project's operators write it, unlike user_metadata.
  app_metadata: z.object({ role: z.unknown() }).optional().catch(undefined),
});

// Verifying a signature costs more than the rest of a request. The cache is bounded
// in size, and in time, so that a key that was withdrawn stops working within a minute.
const cache_entries = 1_000;
const cache_ms = 60_000;

/** Makes an `Identify` that knows the keys of one project. */
export function createIdentify({ jwks, secret_keys }: Pick<Platform, "jwks" | "secret_keys">): Identify {
  const keys = createLocalJWKSet(jwks);
  const secret_key_digests = secret_keys.map(digest);
  const verified = new Map<string, { user: User; until_ms: number }>();

  return async ({ authorization = "", apikey }) => {
    const bearer = /^bearer +(.+)$/i.exec(authorization)?.[1]?.trim();
    // supabase-js repeats its API key as the bearer while nobody is signed in. A token
    // goes before a key: whoever sends both acts with the lesser rights of the user.
    if (bearer !== undefined && !bearer.startsWith("sb_")) return await verify(bearer);
    if (apikey !== undefined && isSecretKey(apikey)) return { kind: "server" };
    throw unauthorized("Send a user's access token as a bearer token.");
  };

  function isSecretKey(key: string): boolean {
    const candidate = digest(key);
    return secret_key_digests.some((known) => timingSafeEqual(known, candidate));
  }

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
    if (payload === undefined) throw invalidToken();

    const { sub: id, email, session_id, exp, app_metadata } = payload;
    const is_staff = app_metadata?.role === "support";
    const user: User = { kind: "user", id, email: email || null, session_id, access_token, is_staff };
    if (verified.size >= cache_entries) verified.delete(verified.keys().next().value!);
    verified.set(access_token, { user, until_ms: Math.min(exp * 1_000, Date.now() + cache_ms) });
    return user;
  }
}

/** The 401 for a request whose credentials are absent or of the wrong kind. */
export function unauthorized(detail: string): Problem {
  return new Problem("unauthorized", { detail });
}

function invalidToken(): Problem {
  return new Problem("invalid_token", {
    detail: "The access token is malformed, expired or not signed by this project.",
    // RFC 6750, section 3.1
    headers: { "www-authenticate": 'Bearer realm="tally", error="invalid_token"' },
  });
}

function digest(key: string) {
  return createHash("sha256").update(key).digest();
}
