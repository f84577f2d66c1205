import type { Sql } from "postgres";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { Failure } from "./failure.ts";
import type { Signing } from "./signing.ts";

/** An Auth of one's own (github.com/supabase/auth) in the place of lite's, on the same Postgres. */
interface OwnAuth {
  /** Where it answers. */
  auth_url: string;
  /** Of the gateway. */
  url: string;
  database_url: string;
  data_folder: string;
  smtp_port: number;
  signing: Signing;
  auth: Config["auth"];
  signal: AbortSignal;
  log: (line: string) => void;
}

const max_wait_ms = 300_000;

/**
 * Waits for an Auth of one's own, which keeps its tables itself: makes its role, writes what it is to be set to into a
 * file, and resolves once it answers. Throws a `Failure` if it does not, or signs with another key.
 */
export async function awaitOwnAuth(sql: Sql, own: OwnAuth): Promise<void> {
  await prepareForAuth(sql);
  const file = join(own.data_folder, "auth.env");
  await Deno.writeTextFile(file, environmentFor(own), { mode: 0o600 });
  own.log(`Waiting for Auth at ${own.auth_url}, which takes its settings from ${file} …`);
  const deadline_ms = Date.now() + max_wait_ms;
  while (!await answers(`${own.auth_url}/health`)) {
    if (own.signal.aborted || Date.now() > deadline_ms) {
      throw new Failure(`No Auth answers at ${own.auth_url}/health. Start it with the settings in ${file}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await requireSameKey(own, file);
  const [{ is_there } = { is_there: false }] = await sql`
    select to_regclass('auth.users') is not null and to_regclass('auth.sessions') is not null as is_there
  `;
  if (!is_there) {
    throw new Failure(`The Auth at ${own.auth_url} has no tables in this database. Start it with ${file}.`);
  }
}

/** What the platform's database has ready for Auth: a role that owns the schema `auth` and what is in it. */
async function prepareForAuth(sql: Sql): Promise<void> {
  await sql.unsafe(`
    alter role supabase_auth_admin login password 'postgres';
    alter role supabase_auth_admin set search_path = 'auth';
    grant create on database postgres to supabase_auth_admin;
    alter schema auth owner to supabase_auth_admin;
    alter function auth.uid() owner to supabase_auth_admin;
    alter function auth.role() owner to supabase_auth_admin;
    alter function auth.jwt() owner to supabase_auth_admin;
  `);
}

/** The settings of [auth] in config.toml, and where this stack is, as Auth reads them. */
function environmentFor({ auth_url, url, database_url, smtp_port, signing, auth }: OwnAuth): string {
  const database = new URL(database_url);
  database.username = "supabase_auth_admin";
  const settings: Record<string, string | number | boolean | undefined> = {
    PORT: new URL(auth_url).port,
    API_EXTERNAL_URL: `${url}/auth/v1`,
    DATABASE_URL: database.href,
    DB_NAMESPACE: "auth",
    GOTRUE_DB_DRIVER: "postgres",
    GOTRUE_JWT_KEYS: JSON.stringify([{ ...signing.key_pair, key_ops: ["sign", "verify"] }]),
    // It must have one, and signs nothing with it where it has keys.
    GOTRUE_JWT_SECRET: crypto.randomUUID() + crypto.randomUUID(),
    GOTRUE_JWT_ISSUER: `${url}/auth/v1`,
    GOTRUE_JWT_AUD: "authenticated",
    GOTRUE_JWT_DEFAULT_GROUP_NAME: "authenticated",
    GOTRUE_JWT_ADMIN_ROLES: "service_role",
    GOTRUE_JWT_EXP: auth.jwt_expiry,
    GOTRUE_SITE_URL: auth.site_url,
    GOTRUE_DISABLE_SIGNUP: auth.enable_signup === false,
    GOTRUE_PASSWORD_MIN_LENGTH: auth.minimum_password_length,
    GOTRUE_SECURITY_REFRESH_TOKEN_ROTATION_ENABLED: auth.enable_refresh_token_rotation,
    GOTRUE_SECURITY_REFRESH_TOKEN_REUSE_INTERVAL: auth.refresh_token_reuse_interval,
    GOTRUE_SECURITY_SB_FORWARDED_FOR_ENABLED: true,
    GOTRUE_MFA_TOTP_ENROLL_ENABLED: true,
    GOTRUE_MFA_TOTP_VERIFY_ENABLED: true,
    GOTRUE_MAILER_AUTOCONFIRM: auth.email?.enable_confirmations !== true,
    GOTRUE_MAILER_TEMPLATES_CONFIRMATION: `${url}/mail/templates/confirmation.html`,
    GOTRUE_MAILER_TEMPLATES_RECOVERY: `${url}/mail/templates/recovery.html`,
    GOTRUE_SMTP_HOST: "127.0.0.1",
    GOTRUE_SMTP_PORT: smtp_port,
    GOTRUE_SMTP_ADMIN_EMAIL: "auth@example.com",
  };
  return Object.entries(settings).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}\n`).join("");
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Tokens that another key signed would be refused by everything else. */
async function requireSameKey({ auth_url, signing }: OwnAuth, file: string): Promise<void> {
  const { keys = [] } = await fetch(`${auth_url}/.well-known/jwks.json`).then((response) => response.json()).catch(
    () => ({}),
  );
  if (!keys.some(({ kid }: { kid?: string }) => kid === signing.key_pair.kid)) {
    throw new Failure(`The Auth at ${auth_url} signs with other keys than this stack: give it those in ${file}.`);
  }
}
