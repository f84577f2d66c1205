import { join } from "node:path";
import { functions_folder } from "./config.ts";

/** The keys that `supabase start` uses on every machine. They open nothing but a local stack. */
export const publishable_key = "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH";
export const secret_key = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz";

/** What the sandbox signs its events with, and the functions their notices. It opens nothing but a local stack either. */
export const webhook_secret = "whsec_bG9jYWwgc3RhY2sgYWxvbmUsIG5vdCBhIHNlY3JldA==";
export const sandbox_api_key = "sandbox_of_every_local_stack";

/** What the platform tells a function of its project. */
export function platformEnvironment(url: string, jwks: string): Record<string, string> {
  return {
    SUPABASE_URL: url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: publishable_key }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: secret_key }),
    SUPABASE_JWKS: jwks,
  };
}

/** The functions' settings in a local stack: the platform's and the sandbox's, overridden by supabase/functions/.env. */
export function functionEnvironment(
  { url, database_url, jwks }: { url: string; database_url: string; jwks: string },
): Record<string, string> {
  return {
    ...platformEnvironment(url, jwks),
    SUPABASE_DB_URL: database_url,
    TOKENS_SELF_SERVICE_ADD: "true",
    PAYMENTS_CHECKOUT_URL: `${url}/sandbox/checkout`,
    PAYMENTS_WEBHOOK_SECRETS: webhook_secret,
    PAYMENTS_API_URL: `${url}/sandbox/api`,
    PAYMENTS_API_KEY: sandbox_api_key,
    NOTICES_URL: `${url}/sandbox/notices`,
    NOTICES_SECRET: webhook_secret,
    ...readEnvFile(join(functions_folder, ".env")),
  };
}

/** What Deno itself needs to find what is installed already. */
export function denoEnvironment(): Record<string, string> {
  const names = ["PATH", "HOME", "DENO_DIR", "DENO_TLS_CA_STORE", "SYSTEMROOT", "LOCALAPPDATA"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

function readEnvFile(path: string): Record<string, string> {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch {
    return {};
  }
  const lines = text.split("\n").map((line) => /^\s*([A-Z_][A-Z0-9_]*)=(.*)$/.exec(line.trim()));
  return Object.fromEntries(
    lines.flatMap((match) => match ? [[match[1]!, match[2]!.replace(/^(["'])(.*)\1$/, "$2")]] : []),
  );
}
