import { join } from "node:path";
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from "jose";

/**
 * Makes tokens look as the platform's. @supabase/lite signs with a shared secret (HS256);
 * the platform signs with a key pair (ES256) whose public half is in a JWKS. The gateway
 * swaps one for the other on the way out and back on the way in.
 */
export interface Signing {
  /** The secret that lite signs with. Never leaves this process. */
  inner_secret: string;
  jwks: { keys: JWK[] };
  /** The key pair that clients' tokens are signed with, for an Auth of one's own to sign with as well. */
  key_pair: JWK;
  /** A token of lite's as clients see it, with the claims that Auth adds and lite does not. */
  toPublic(inner_token: string, more_claims: Record<string, unknown>): Promise<string>;
  /** A client's token as lite takes it; null where it was not signed here or has expired. */
  toInner(public_token: string): Promise<string | null>;
  /** What the platform's gateway makes of the secret key: a token of the role service_role, for a minute. */
  serverToken(): Promise<string>;
}

/** Reads the keys of a stack from `folder`, or makes them: tokens outlive a restart. */
export async function loadSigning(folder: string, issuer: string): Promise<Signing> {
  const path = join(folder, "signing.json");
  const stored = await Deno.readTextFile(path).then(JSON.parse, () => undefined) ?? await create(path);
  const { d: _, ...public_jwk }: JWK = stored.jwk;
  const jwks = { keys: [public_jwk] };
  const private_key = await importJWK(stored.jwk, "ES256");
  const public_keys = createLocalJWKSet(jwks);
  const inner_key = new TextEncoder().encode(stored.inner_secret);

  const header = { alg: "ES256", kid: stored.jwk.kid, typ: "JWT" };
  return {
    inner_secret: stored.inner_secret,
    jwks,
    key_pair: stored.jwk,
    async toPublic(inner_token, more_claims) {
      const { payload } = await jwtVerify(inner_token, inner_key, { algorithms: ["HS256"] });
      return await sign({ ...more_claims, ...payload, iss: issuer }, private_key, header);
    },
    async toInner(public_token) {
      try {
        const { payload } = await jwtVerify(public_token, public_keys, { algorithms: ["ES256"], issuer });
        return await sign(payload, inner_key, { alg: "HS256", typ: "JWT" });
      } catch {
        return null;
      }
    },
    async serverToken() {
      const now_seconds = Math.floor(Date.now() / 1_000);
      return await sign(
        { iss: issuer, role: "service_role", iat: now_seconds, exp: now_seconds + 60 },
        private_key,
        header,
      );
    },
  };
}

async function create(path: string): Promise<{ jwk: JWK; inner_secret: string }> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  const stored = {
    jwk: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: "ES256", use: "sig" },
    inner_secret: crypto.randomUUID() + crypto.randomUUID(),
  };
  await Deno.writeTextFile(path, JSON.stringify(stored), { mode: 0o600 });
  return stored;
}

async function sign(
  payload: JWTPayload,
  key: Parameters<SignJWT["sign"]>[0],
  header: Parameters<SignJWT["setProtectedHeader"]>[0],
) {
  return await new SignJWT(payload).setProtectedHeader(header).sign(key);
}
