import type { JSONWebKeySet } from "jose";

/** What the platform hands to every function. */
export interface Platform {
  supabase_url: string;
  /** Sent as `apikey` on calls made as a user. */
  publishable_key: string;
  /** Sent as `apikey` on calls made as a trusted server. */
  secret_key: string;
  /** Every secret key that a trusted server may send: several during rotation. */
  secret_keys: string[];
  /** The public keys that access tokens are signed with. */
  jwks: JSONWebKeySet;
  /** Whether a user who has a second factor writes only in sessions that showed it. */
  require_aal2: boolean;
}

/** The part of every domain's settings that `createApp` takes. */
export interface PlatformSettings {
  platform: Platform;
  /** Names of settings that are needed and absent. */
  missing: string[];
}

/** Environment variables by name. */
export type Environment = Record<string, string | undefined>;

/**
 * Reads the platform's settings from an environment.
 *
 * Never throws: a function without a needed setting must start, answer 503 and
 * name what is `missing` in its log. The placeholders it holds reach nothing.
 */
export function readPlatform(env: Environment): PlatformSettings {
  const publishable_keys = readKeys(env.SUPABASE_PUBLISHABLE_KEYS);
  const secret_keys = readKeys(env.SUPABASE_SECRET_KEYS);
  const platform: Platform = {
    supabase_url: readUrl(env.SUPABASE_URL) ?? "http://misconfigured.invalid",
    publishable_key: publishable_keys[0] ?? "",
    secret_key: secret_keys[0] ?? "",
    secret_keys,
    jwks: readJwks(env.SUPABASE_JWKS),
    require_aal2: env.REQUIRE_AAL2 === "true",
  };
  const missing = [
    readUrl(env.SUPABASE_URL) === undefined && "SUPABASE_URL",
    publishable_keys.length === 0 && "SUPABASE_PUBLISHABLE_KEYS",
    secret_keys.length === 0 && "SUPABASE_SECRET_KEYS",
    platform.jwks.keys.length === 0 && "SUPABASE_JWKS",
  ].filter((name) => name !== false);
  return { platform, missing };
}

function readUrl(value: string | undefined): string | undefined {
  return URL.canParse(value ?? "") ? value!.replace(/\/+$/, "") : undefined;
}

/** Keys come as JSON, name → key; the one named `default` goes first. */
function readKeys(value: string | undefined): string[] {
  const keys = parse(value);
  if (typeof keys !== "object" || keys === null) return [];
  return Object.entries(keys)
    .filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].trim() !== "")
    .sort(([a], [b]) => Number(b === "default") - Number(a === "default"))
    .map(([, key]) => key);
}

/** The platform gives `{"keys": […]}`; a bare array is accepted as well. */
function readJwks(value: string | undefined): JSONWebKeySet {
  const jwks = parse(value) as JSONWebKeySet | JSONWebKeySet["keys"] | undefined;
  const keys = Array.isArray(jwks) ? jwks : jwks?.keys;
  return { keys: Array.isArray(keys) ? keys : [] };
}

function parse(value: string | undefined): unknown {
  try {
    return JSON.parse(value ?? "");
  } catch {
    return undefined;
  }
}
