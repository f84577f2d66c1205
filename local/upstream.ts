/**
 * Auth and REST of the embedded stack: @supabase/lite on our Postgres.
 *
 * Run as a program it serves them, in a process of its own: a driver that trips over a
 * crashed Postgres then takes nothing else with it.
 * Arguments: the address to listen on (host:port), and the options as JSON.
 */
import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import postgres from "postgres";
import { asPostgrestAnswers, DictatedError } from "./database_errors.ts";
import { answerAdmin } from "./lite_admin.ts";
import { createMailDriver } from "./mail.ts";

/** [auth] of config.toml, as far as it matters here. */
export interface AuthSettings {
  jwt_expiry?: number;
  enable_signup?: boolean;
  enable_refresh_token_rotation?: boolean;
  refresh_token_reuse_interval?: number;
  minimum_password_length?: number;
  site_url?: string;
  email?: { enable_confirmations?: boolean };
}

export interface UpstreamOptions {
  database_url: string;
  publishable_key: string;
  secret_key: string;
  /** What lite signs its tokens with. */
  inner_secret: string;
  /** Where mails go. */
  mail_file: string;
  auth: AuthSettings;
}

/** Makes the tables of Auth: before migrations, which put triggers on them. */
export async function ensureAuthSchema(options: UpstreamOptions): Promise<void> {
  const { app, connection } = createApp(options);
  await app.ensureSystemSchema();
  await connection.close();
  // lite knows no second factors: nobody has one.
  const sql = postgres(options.database_url, { max: 1, onnotice: () => {} });
  await sql`
    create table if not exists auth.mfa_factors (
      id uuid primary key, user_id uuid not null references auth.users on delete cascade,
      factor_type text not null, status text not null, created_at timestamptz not null, updated_at timestamptz not null
    )
  `;
  await sql.end();
}

function createApp({ database_url, inner_secret, mail_file, auth, ...keys }: UpstreamOptions) {
  const connection = createPostgresConnection({
    url: database_url,
    postgresOptions: { max: 20, connect_timeout: 5, onnotice: () => {}, types: { timestamptz, jsonb } },
  });
  // lite grants everything in each schema with row level security to the API's roles, once per
  // connection, unless it believes to have done so. Our migrations decide that, so it must.
  Object.assign(connection, { rlsState: "active", normalizeDbError: asPostgrestAnswers });
  const app = new App({
    connection,
    api: { schemas: ["public"], max_rows: 1_000 },
    auth: { ...auth, ...keys, enabled: true, jwt_secret: inner_secret },
    studio: { enabled: false },
    options: { server: { admin: false, disableStudio: true }, drivers: { email: createMailDriver(mail_file) } },
  });
  return { app, connection };
}

/** Times as PostgREST writes them (ISO 8601), where lite passes on what Postgres prints. */
const timestamptz = {
  to: 1184,
  from: [1184],
  serialize: (time: string) => time,
  parse: (time: string) => time.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"),
};

/** lite hands the arguments of functions over as text already, which must not be quoted again. */
const jsonb = {
  to: 3802,
  from: [3802],
  serialize: (value: unknown) => typeof value === "string" ? value : JSON.stringify(value),
  parse: (text: string) => JSON.parse(text),
};

/** lite prints every refusal by the database with its stack; those by our own functions are no news at all. */
function shortenRefusals() {
  const { error } = console;
  console.error = (...values: unknown[]) => {
    const [first] = values;
    if (first instanceof DictatedError) return error(`${first.sqlstate} ${first.text}`);
    if (!(first instanceof Error) || first.name !== "PostgresError") return error(...values);
    const { code, message } = first as Error & { code: string };
    if (!code.startsWith("PT")) error(`${code} ${message}`);
  };
}

/**
 * Serves lite, and 503 while Postgres is away. What lite learned of the schema without a database it would
 * keep for good, and call every function unknown: it begins anew once Postgres is back.
 */
function createHandler(options: UpstreamOptions): (request: Request) => Promise<Response> {
  const { hostname, port } = new URL(options.database_url);
  const isUp = () =>
    Deno.connect({ hostname, port: Number(port) }).then((connection) => {
      connection.close();
      return true;
    }, () => false);

  const admin = postgres(options.database_url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  let starting: Promise<ReturnType<typeof createApp>["app"]> | undefined;
  async function start() {
    const { app, connection } = createApp(options);
    await app.init();
    const probe = await app.fetch(
      new Request("http://lite/rest/v1/token_packs?limit=1", { headers: { apikey: options.secret_key } }),
    );
    if (probe.ok) return app;
    connection.close().catch(() => {});
    throw new Error(`lite answered ${probe.status} at its start`);
  }

  // The driver can wait for ever for an answer of a server that died.
  async function untilDown(signal: AbortSignal): Promise<undefined> {
    do await new Promise((resolve) => setTimeout(resolve, 250)); while (!signal.aborted && await isUp());
  }

  return async (request) => {
    const answered = new AbortController();
    try {
      if (starting === undefined && !await isUp()) throw new Error("Postgres is down");
      const app = starting ??= start();
      const response = await Promise.race([
        app.then(async (app) => await answerAdmin(admin, options.secret_key, request) ?? await app.fetch(request)),
        untilDown(answered.signal),
      ]);
      if (response !== undefined && ((response.status !== 404 && response.status < 500) || await isUp())) {
        return response;
      }
    } catch (error) {
      if (await isUp()) console.error(error);
    } finally {
      answered.abort();
    }
    starting = undefined;
    return Response.json({ code: "PGRST001", message: "Database connection error" }, { status: 503 });
  };
}

if (import.meta.main) {
  shortenRefusals();
  const [address = "", options = ""] = Deno.args;
  const { hostname, port } = new URL(`http://${address}`);
  const handler = createHandler(JSON.parse(options));
  await handler(new Request("http://lite/rest/v1/"));
  Deno.serve({ hostname, port: Number(port), onListen: () => {} }, handler);
}
