/**
 * For the unit tests of the functions: settings, tokens signed as Auth signs them, and a
 * stand-in for Auth and the database that records each call.
 */
import { importJWK, SignJWT } from "jose";

// Key pairs of the tests alone; nothing else trusts them.
const signing_key = {
  kty: "EC",
  crv: "P-256",
  x: "0lbQp9ZOtPgO2zfFOfXB2oND8BJR6pO6r-YLMjnBmsc",
  y: "Ux0rzwtUiXGCzLQ3PN8uyi_MSotEHTC-3eH38R-mRcE",
  d: "LjM92okGDjZEyNLeWufwG8jV553HUZMwYhZ9XXtkg9U",
};
/** A key pair that the functions under test have never heard of. */
export const foreign_key = {
  kty: "EC",
  crv: "P-256",
  x: "OhGCTbkGoPch5dAGaLOluolhQB9aEbAcE3aeGODn3pc",
  y: "DHMt9AuuPRh5AEcox0wO6MOk2c5K9Yhks-Dxgdgezrw",
  d: "j0qKJry-x9OrGj7YcGSJCJ2VNnYfHYzp5dd1jaBpr5o",
};

export const secret_key = "sb_secret_of_the_unit_tests";
export const publishable_key = "sb_publishable_of_the_unit_tests";
export const user_id = "7b1b5a3e-94a1-4b0a-9a53-0d6a3f0c8d11";
export const session_id = "a4a7c3c2-1f64-4c56-8c3e-2f6f1d2e9b22";

const { d: _, ...public_key } = signing_key;

/** The environment that the platform gives to a function, with the upstream that `stubUpstream` takes the place of. */
export const platform_environment = {
  SUPABASE_URL: "http://upstream.invalid",
  SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: publishable_key }),
  SUPABASE_SECRET_KEYS: JSON.stringify({ default: secret_key }),
  SUPABASE_JWKS: JSON.stringify({ keys: [{ ...public_key, kid: "test", alg: "ES256", use: "sig" }] }),
};

/** An access token as Auth issues it, save for what is overridden. */
export async function mintToken(overrides: Record<string, unknown> = {}, jwk = signing_key): Promise<string> {
  const now_seconds = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: "http://upstream.invalid/auth/v1",
    sub: user_id,
    aud: "authenticated",
    role: "authenticated",
    email: "ada@example.com",
    session_id,
    iat: now_seconds,
    exp: now_seconds + 3_600,
    ...overrides,
  };
  return await new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "test" }).sign(
    await importJWK(jwk, "ES256"),
  );
}

/** The headers of a signed-in user, and of a trusted server. */
export const asUser = async (overrides?: Record<string, unknown>) => ({
  authorization: `Bearer ${await mintToken(overrides)}`,
});
export const asServer = { apikey: secret_key };

/** A request with a JSON body. */
export function json(method: string, body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
}

interface Call {
  method: string;
  path: string;
  headers: Headers;
  // deno-lint-ignore no-explicit-any
  body: any;
}

/** Takes the place of `fetch` until disposed of. `calls` holds what was asked, in order. */
export function stubUpstream(answer: (call: Call) => Response | Promise<Response>): Disposable & { calls: Call[] } {
  const original = globalThis.fetch;
  const calls: Call[] = [];
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const text = await request.text();
    const call = {
      method: request.method,
      path: url.pathname + url.search,
      headers: request.headers,
      body: text && request.headers.get("content-type")?.startsWith("application/json") ? JSON.parse(text) : text,
    };
    calls.push(call);
    return await answer(call);
  };
  return {
    calls,
    [Symbol.dispose]() {
      globalThis.fetch = original;
    },
  };
}
