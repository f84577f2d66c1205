import { join } from "node:path";
import postgres from "postgres";
import { followChanges } from "./changes.ts";
import { migrations_folder, readConfig, root } from "./config.ts";
import { prepareDatabase } from "./database.ts";
import { functionEnvironment, publishable_key, sandbox_api_key, secret_key, webhook_secret } from "./environment.ts";
import { claimFolder, leaveAddress, reachableFolder, type StackAddress } from "./folder.ts";
import { Functions, type Serve } from "./functions.ts";
import { createGateway } from "./gateway.ts";
import { createMailbox, createMailReceiver } from "./mail.ts";
import { migrate } from "./migrations.ts";
import { awaitOwnAuth } from "./own_auth.ts";
import { createOwnService } from "./own_service.ts";
import { freePort, requireFreePort } from "./ports.ts";
import { createPages } from "./pages/pages.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";
import { type ServerProcess, startServerProcess } from "./process.ts";
import { createSandbox } from "./sandbox/provider.ts";
import { loadSigning } from "./signing.ts";
import { startMailServer } from "./smtp.ts";
import { type AuthSettings, ensureAuthSchema, type UpstreamOptions } from "./upstream.ts";
import { startWarden } from "./warden.ts";

export { platformEnvironment, publishable_key, secret_key, webhook_secret } from "./environment.ts";

export interface StackOptions {
  /** Where the data lives. Made if it is missing. */
  data_folder: string;
  /** Of the gateway; a free one by default. */
  port?: number;
  database_port?: number;
  /** Begin with an empty database. */
  reset?: boolean;
  /** Added to what functions see, over supabase/functions/.env. */
  env?: Record<string, string>;
  /** Reload functions when their files change, and follow other changes. */
  watch?: boolean;
  /** Have the database expose new tables in `public`, as older Supabase projects do. */
  expose_new_tables?: boolean;
  /** Changes to [auth] of config.toml. */
  auth?: AuthSettings;
  /** Where an Auth of one's own answers, in the place of lite's. */
  auth_url?: string;
  /** Where a REST service (PostgREST) of one's own answers, in the place of lite's. */
  rest_url?: string;
  /** Told what goes on: a step of the start, or a line of a function's log. */
  log?: (line: string) => void;
}

/** The backend on this machine: Postgres, Auth, REST, the gateway and the functions. */
export interface Stack extends AsyncDisposable, StackAddress {
  /** Where the data went: elsewhere than asked for where Postgres could not reach it. */
  data_folder: string;
  postgres: PostgresServer;
  /** Auth and REST. */
  upstream: ServerProcess;
  functions: Map<string, ServerProcess>;
  /** What the functions see of the environment at the moment. */
  settings(): Record<string, string>;
  stop(): Promise<void>;
}

/** Starts the stack and waits until everything answers. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { log = () => {}, reset = false, watch = false } = options;
  const config = readConfig();
  const ending = new AbortController();
  await using started = new AsyncDisposableStack();

  const data_folder = await reachableFolder(options.data_folder);
  started.use(await claimFolder(data_folder, { reset }));
  const port = options.port ?? freePort();
  requireFreePort(port);
  const url = `http://127.0.0.1:${port}`;
  const warden = started.use(startWarden());

  log("Starting Postgres …");
  const database_port = options.database_port ?? freePort();
  const shared = { warden, ending: ending.signal };
  const server = await startPostgres({ folder: data_folder, port: database_port, reset, log, ...shared });
  started.defer(() => server.stop());
  const database_url = server.url;

  const sandbox_file = join(data_folder, "sandbox.jsonl");
  const mail_file = join(data_folder, "mails.jsonl");
  if (reset) await Promise.all([sandbox_file, mail_file].map((file) => Deno.remove(file).catch(() => {})));

  const signing = await loadSigning(data_folder, `${url}/auth/v1`);
  const upstream_options: UpstreamOptions = {
    database_url,
    publishable_key,
    secret_key,
    inner_secret: signing.inner_secret,
    mail_file,
    auth: { ...config.auth, ...options.auth, email: { ...config.auth.email, ...options.auth?.email } },
  };
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  try {
    await prepareDatabase(sql, { expose_new_tables: options.expose_new_tables ?? config.api.auto_expose_new_tables });
    if (options.rest_url !== undefined) await sql`alter role authenticator login password 'postgres'`;
    if (options.auth_url === undefined) await ensureAuthSchema(upstream_options);
    else {
      const smtp_port = freePort();
      started.use(startMailServer(smtp_port, createMailReceiver(mail_file)));
      await awaitOwnAuth(sql, {
        ...{ auth_url: options.auth_url, url, database_url, data_folder, smtp_port, signing },
        ...{ auth: upstream_options.auth, signal: ending.signal, log },
      });
    }
    const applied = await migrate(sql, migrations_folder);
    if (applied.length > 0) log(`Applied ${applied.length} migrations, up to ${applied.at(-1)}`);
    await sql.unsafe(await Deno.readTextFile(join(root, "supabase", "seed.sql")));
  } finally {
    await sql.end();
  }

  log("Starting Auth, REST and the functions …");
  const serve: Serve = (name, env, args) => {
    const port = freePort();
    const log_line = (line: string) => log(`[${name}] ${line}`);
    return startServerProcess({ name, args: args(port), port, env, log: log_line, ...shared });
  };
  // It reads the schema when it starts, hence after the migrations.
  const upstream = serve("rest", {}, (port) => [
    ...["run", "--quiet", "--allow-all", join(root, "local", "upstream.ts")],
    ...[`127.0.0.1:${port}`, JSON.stringify(upstream_options)],
  ]);
  started.defer(() => upstream.stop());
  const jwks = JSON.stringify(signing.jwks);
  const environment = () => ({ ...functionEnvironment({ url, database_url, jwks }), ...options.env });
  const functions = new Functions(serve, environment, { watch });
  started.defer(() => functions.stop());
  const sandbox = createSandbox({
    webhook_url: `${functions.processes.get("payments")!.url}/payments/webhooks/standard`,
    secret: webhook_secret,
    api_key: sandbox_api_key,
    file: sandbox_file,
    readPurchase: (purchase_id) => readPurchase(upstream.url, purchase_id),
    log: (line) => log(`[sandbox] ${line}`),
  });
  const pages = createPages({ url, database_url, functions: functions.processes });
  const mailbox = createMailbox(mail_file);
  const own = Object.fromEntries(
    Object.entries({ auth: options.auth_url, rest: options.rest_url })
      .filter((entry): entry is [string, string] => entry[1] !== undefined)
      .map(([name, url]) => [name, createOwnService({ url, prefix: `/${name}/v1`, signing })]),
  );
  const gateway = createGateway({ signing, upstream, own, functions: functions.processes, sandbox, pages, mailbox });
  started.defer(serveGateway(port, gateway));
  await Promise.all([upstream.ready, functions.ready()]);
  if (watch) started.defer(followChanges({ url, functions, log }));
  started.use(await leaveAddress(data_folder, { url, database_url }));

  const running = started.move();
  const stop = async () => {
    ending.abort();
    await running.disposeAsync();
  };
  return {
    url,
    database_url,
    data_folder,
    postgres: server,
    upstream,
    functions: functions.processes,
    settings: () => functions.env,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** What the sandbox's page says of a purchase, read as a server of one's own would. */
async function readPurchase(upstream_url: string, purchase_id: string) {
  const query = new URLSearchParams({ id: `eq.${purchase_id}`, select: "pack_id,tokens,status,granted" });
  const response = await fetch(`${upstream_url}/rest/v1/purchases?${query}`, { headers: { apikey: secret_key } });
  const [purchase] = await response.json();
  return purchase;
}

/** Serves until the returned function is called, which waits for nobody. */
function serveGateway(port: number, handler: Deno.ServeHandler): () => Promise<void> {
  const abort = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port,
    // The functions decide what may be compressed: it changes their ETags.
    automaticCompression: false,
    onListen: () => {},
    signal: abort.signal,
  }, handler);
  return async () => {
    abort.abort();
    await server.finished;
  };
}
