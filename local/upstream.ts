import { App } from "@supabase/lite";
import { createPostgresConnection, type PostgresConnection } from "@supabase/lite/postgres";

export interface AuthSettings {
  jwt_expiry?: number;
  enable_signup?: boolean;
  enable_refresh_token_rotation?: boolean;
  refresh_token_reuse_interval?: number;
  minimum_password_length?: number;
  site_url?: string;
  email?: { enable_confirmations?: boolean };
}

interface UpstreamOptions {
  database_url: string;
  publishable_key: string;
  secret_key: string;
  inner_secret: string;
  auth: AuthSettings;
}

/** Auth and REST of the embedded stack: @supabase/lite on our Postgres. */
export interface Upstream {
  /** Makes the tables of Auth: before migrations, which put triggers on them. */
  ensureAuthSchema(): Promise<void>;
  fetch(request: Request): Promise<Response>;
  stop(): Promise<void>;
}

export function createUpstream({ database_url, inner_secret, auth, ...keys }: UpstreamOptions): Upstream {
  const connection = createPostgresConnection({
    url: database_url,
    postgresOptions: { max: 20, connect_timeout: 5, onnotice: () => {}, types: { timestamptz, jsonb } },
  });
  keepPrivileges(connection);
  keepRefusalsQuiet();
  const app = new App({
    connection,
    api: { schemas: ["public"], max_rows: 1_000 },
    auth: { ...auth, ...keys, enabled: true, jwt_secret: inner_secret },
    studio: { enabled: false },
    options: { server: { admin: false, disableStudio: true } },
  });
  return {
    ensureAuthSchema: () => app.ensureSystemSchema(),
    fetch: (request) => app.fetch(request),
    stop: () => connection.close(),
  };
}

/** lite prints every refusal that SQL raises (PT402 and the like) as if it were a fault. */
function keepRefusalsQuiet() {
  const { error } = console;
  console.error = (...values: unknown[]) => {
    const [first] = values;
    if (first instanceof Error && "code" in first && String(first.code).startsWith("PT")) return;
    error(...values);
  };
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

/**
 * lite grants everything in each schema with row level security to the API's roles, once per
 * connection, unless it believes to have done so. Our migrations decide that, so it must.
 */
function keepPrivileges(connection: PostgresConnection) {
  Object.assign(connection, { rlsState: "active" });
}
