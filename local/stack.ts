import { join } from "node:path";
import postgres from "postgres";
import { parse } from "smol-toml";
import { prepareDatabase } from "./database.ts";
import { Failure } from "./failure.ts";
import { createGateway } from "./gateway.ts";
import { migrate } from "./migrations.ts";
import { type PostgresServer, reachableFolder, requireFreePort, startPostgres } from "./postgres.ts";
import { type ServerProcess, startServerProcess, stopOrphans } from "./process.ts";
import { createSandbox } from "./sandbox.ts";
import { loadSigning } from "./signing.ts";
import { type AuthSettings, ensureAuthSchema, type UpstreamOptions } from "./upstream.ts";

/** The keys that `supabase start` uses on every machine. They open nothing but a local stack. */
export const publishable_key = "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH";
export const secret_key = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz";

/** What the sandbox signs its events with, and the functions their notices. It opens nothing but a local stack either. */
export const webhook_secret = "whsec_bG9jYWwgc3RhY2sgYWxvbmUsIG5vdCBhIHNlY3JldA==";
const sandbox_api_key = "sandbox_of_every_local_stack";

const root = join(import.meta.dirname!, "..");
const functions_folder = join(root, "supabase", "functions");

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
  /** Reload functions when their files change. */
  watch?: boolean;
  /** Have the database expose new tables in `public`, as older Supabase projects do. */
  expose_new_tables?: boolean;
  /** Changes to [auth] of config.toml. */
  auth?: AuthSettings;
  /** Told what goes on: a step of the start, or a line of a function's log. */
  log?: (line: string) => void;
}

/** The backend on this machine: Postgres, Auth, REST, the gateway and the functions. */
export interface Stack extends AsyncDisposable {
  url: string;
  database_url: string;
  /** Where the data went: elsewhere than asked for where Postgres could not reach it. */
  data_folder: string;
  postgres: PostgresServer;
  /** Auth and REST. */
  upstream: ServerProcess;
  functions: Map<string, ServerProcess>;
  stop(): Promise<void>;
}

/** Starts the stack and waits until everything answers. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const log = options.log ?? (() => {});
  const config = readConfig();
  await using started = new AsyncDisposableStack();

  const data_folder = await reachableFolder(options.data_folder);
  started.use(await lockFolder(data_folder));
  const port = options.port ?? freePort();
  const process_file = join(data_folder, "servers.pid");
  await stopOrphans(process_file);
  requireFreePort(port);
  const url = `http://127.0.0.1:${port}`;

  log("Starting Postgres …");
  const server = await startPostgres({
    folder: data_folder,
    port: options.database_port ?? freePort(),
    reset: options.reset ?? false,
    log,
  });
  started.defer(() => server.stop());

  const sandbox_file = join(data_folder, "sandbox.jsonl");
  if (options.reset) await Deno.remove(sandbox_file).catch(() => {});

  const signing = await loadSigning(data_folder, `${url}/auth/v1`);
  const upstream_options: UpstreamOptions = {
    database_url: server.url,
    publishable_key,
    secret_key,
    inner_secret: signing.inner_secret,
    auth: { ...config.auth, ...options.auth },
  };
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    await prepareDatabase(sql, { expose_new_tables: options.expose_new_tables ?? config.api.auto_expose_new_tables });
    await ensureAuthSchema(upstream_options);
    for (const file of await migrate(sql, join(root, "supabase", "migrations"))) log(`Applied ${file}`);
    await sql.unsafe(await Deno.readTextFile(join(root, "supabase", "seed.sql")));
  } finally {
    await sql.end();
  }

  log("Starting Auth, REST and the functions …");
  const serve = (name: string, env: Record<string, string>, args: (port: number) => string[]) => {
    const port = freePort();
    const log_line = (line: string) => log(`[${name}] ${line}`);
    const process = startServerProcess({
      name,
      args: args(port),
      port,
      env: { ...denoEnvironment(), ...env },
      process_file,
      log: log_line,
    });
    started.defer(() => process.stop());
    return process;
  };
  // It reads the schema when it starts, hence after the migrations.
  const upstream = serve("rest", {}, (port) => [
    ...["run", "--quiet", "--allow-all", join(root, "local", "upstream.ts")],
    ...[`127.0.0.1:${port}`, JSON.stringify(upstream_options)],
  ]);
  const env = {
    ...platformEnvironment(url, JSON.stringify(signing.jwks)),
    SUPABASE_DB_URL: server.url,
    TOKENS_SELF_SERVICE_ADD: "true",
    PAYMENTS_CHECKOUT_URL: `${url}/sandbox/checkout`,
    PAYMENTS_WEBHOOK_SECRETS: webhook_secret,
    PAYMENTS_API_URL: `${url}/sandbox/api`,
    PAYMENTS_API_KEY: sandbox_api_key,
    NOTICES_URL: `${url}/sandbox/notices`,
    NOTICES_SECRET: webhook_secret,
    ...readEnvFile(join(functions_folder, ".env")),
    ...options.env,
  };
  const functions = new Map(
    functionNames().map((name) => [name, serve(name, env, (port) => functionArgs(name, port, options.watch ?? false))]),
  );
  const webhook_url = `${functions.get("payments")!.url}/payments/webhooks/standard`;
  const sandbox = createSandbox({
    webhook_url,
    secret: webhook_secret,
    api_key: sandbox_api_key,
    file: sandbox_file,
    log: (line) => log(`[sandbox] ${line}`),
  });
  started.defer(serveGateway(port, createGateway({ signing, upstream, functions, sandbox })));
  await Promise.all([upstream, ...functions.values()].map((process) => process.ready));

  const running = started.move();
  const stop = () => running.disposeAsync();
  return {
    url,
    database_url: server.url,
    data_folder,
    postgres: server,
    upstream,
    functions,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** What the platform tells a function of its project. */
export function platformEnvironment(url: string, jwks: string): Record<string, string> {
  return {
    SUPABASE_URL: url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: publishable_key }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: secret_key }),
    SUPABASE_JWKS: jwks,
  };
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

interface Config {
  api: { port: number; auto_expose_new_tables: boolean };
  db: { port: number };
  auth: AuthSettings;
}

/** supabase/config.toml, the file that `supabase start` reads as well. */
export function readConfig(): Config {
  return parse(Deno.readTextFileSync(join(root, "supabase", "config.toml"))) as unknown as Config;
}

function functionNames(): string[] {
  return [...Deno.readDirSync(functions_folder)]
    .filter((entry) => entry.isDirectory && !entry.name.startsWith("_"))
    .map((entry) => entry.name)
    .sort();
}

/** A function runs as on the edge runtime: it may use the network and its environment, and nothing else. */
function functionArgs(name: string, port: number, watch: boolean): string[] {
  return [
    ...["serve", "--quiet", "--no-prompt", "--host", "127.0.0.1", "--port", String(port)],
    ...["--config", join(functions_folder, "deno.json"), "--allow-net", "--allow-env"],
    ...(watch ? ["--watch", "--no-clear-screen"] : []),
    join(functions_folder, name, "index.ts"),
  ];
}

/** What Deno itself needs to find what is installed already. */
function denoEnvironment(): Record<string, string> {
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

/** One stack per data folder. The lock goes with the process, however it ends. */
async function lockFolder(folder: string): Promise<Disposable> {
  await Deno.mkdir(folder, { recursive: true });
  const file = await Deno.open(join(folder, "lock"), { create: true, write: true });
  if (!await file.tryLock(true)) {
    file.close();
    throw new Failure("The stack runs already in another terminal: use that one, or stop it there with Ctrl-C.");
  }
  return file;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
