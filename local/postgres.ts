import { join } from "node:path";
import postgres from "postgres";
import { type Account, serverAccount } from "./account.ts";
import { usableBinaries } from "./binaries.ts";
import { Failure } from "./failure.ts";
import { requireFreePort } from "./ports.ts";
import type { Warden } from "./warden.ts";

const major_version = "17";
const start_timeout_ms = 30_000;
const restart_delay_ms = { first: 200, most: 5_000 };

/** A Postgres server that this process started, and starts again when it dies. */
export interface PostgresServer {
  url: string;
  pid: number;
  /** Ends it as a crash would (SIGKILL), and leaves it down. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same data and port. */
  restart(): Promise<void>;
  /** Ends it cleanly. */
  stop(): Promise<void>;
}

interface PostgresOptions {
  folder: string;
  port: number;
  reset: boolean;
  warden: Warden;
  /** Aborted once the whole stack ends, when no end is a surprise. */
  ending: AbortSignal;
  /** Told what goes on. */
  log: (line: string) => void;
}

/**
 * Starts Postgres on 127.0.0.1 with the data in `folder`, which is made first if it is missing, anew on `reset`.
 * Recovers from a crash of the server or of this process.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, port, reset, warden, ending, log } = options;
  const account = serverAccount();
  const binaries = await usableBinaries(account);
  const data = join(folder, "postgres");
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;

  if (await exists(join(data, "postmaster.pid"))) await stopOrphan(binaries, data, account);
  if (reset) await remove(data);
  if (!await exists(join(data, "PG_VERSION"))) {
    log("Making the database (once) …");
    await initialise(binaries, data, account);
  }
  const found_version = (await Deno.readTextFile(join(data, "PG_VERSION"))).trim();
  if (found_version !== major_version) {
    throw new Failure(
      `The data in ${data} is of Postgres ${found_version}, this is ${major_version}: start with --reset to begin anew, or move the folder away.`,
    );
  }
  requireFreePort(port);

  const log_file = join(folder, "postgres.log");
  /** Whether it is meant to run: else its end is no surprise. */
  let wanted = false;
  let coming_back = Promise.resolve();
  let server = run();
  await untilReady(server, url, log_file);
  wanted = true;

  function run(): Deno.ChildProcess {
    const process = spawnServer(binaries, data, port, log_file, account);
    warden.guard(process.pid, "SIGINT");
    process.status.then(() => {
      warden.release(process.pid);
      if (process === server) coming_back = comeBack();
    });
    return process;
  }

  async function comeBack() {
    let told = false;
    for (let delay_ms = restart_delay_ms.first;; delay_ms = Math.min(delay_ms * 2, restart_delay_ms.most)) {
      await new Promise((resolve) => setTimeout(resolve, delay_ms));
      if (!wanted || ending.aborted) return;
      if (!told) log(`[postgres] ended by itself (see ${log_file}); starting it again`);
      told = true;
      const next = run();
      try {
        await untilReady(next, url, log_file);
        server = next;
        log("[postgres] is back");
        return;
      } catch {
        // What a crash leaves behind may be in its way for a moment.
      }
    }
  }

  const end = async (signal: Deno.Signal) => {
    wanted = false;
    await coming_back;
    try {
      server.kill(signal);
    } catch {
      // It has ended already.
    }
    await server.status;
  };
  return {
    url,
    get pid() {
      return server.pid;
    },
    kill: () => end("SIGKILL"),
    stop: () => end("SIGINT"), // Postgres calls this a fast shutdown: it does not wait for clients.
    async restart() {
      server = run();
      await untilReady(server, url, log_file);
      wanted = true;
    },
  };
}

async function initialise(binaries: string, data: string, account: Account) {
  // Made aside and renamed: an interrupted first start leaves nothing that looks finished.
  const half = `${data}.new`;
  await remove(half);
  await Deno.mkdir(half);
  const password_file = `${data}.password`;
  await Deno.writeTextFile(password_file, "postgres");
  if (account.uid !== undefined) {
    await Deno.chown(half, account.uid, account.gid!);
    await Deno.chown(password_file, account.uid, account.gid!);
  }
  // deno-fmt-ignore
  const args = [
    "-D", half, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${password_file}`,
    "-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
  ];
  const output = await new Deno.Command(join(binaries, "initdb"), { args, cwd: "/", ...account }).output();
  await Deno.remove(password_file);
  if (!output.success) throw new Failure(`initdb failed: ${new TextDecoder().decode(output.stderr).trim()}`);
  await Deno.rename(half, data);
}

/** A server whose starter was killed still holds the data; pg_ctl knows a live one from a stale lock. */
async function stopOrphan(binaries: string, data: string, account: Account) {
  const args = ["stop", "-D", data, "-m", "fast", "-w"];
  await new Deno.Command(join(binaries, "pg_ctl"), { args, cwd: "/", ...account }).output();
}

function spawnServer(binaries: string, data: string, port: number, log_file: string, account: Account) {
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    timezone: "UTC",
    log_timezone: "UTC",
    // Money: an acknowledged commit is on disk.
    fsync: "on",
    synchronous_commit: "on",
  };
  const args = ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const server = new Deno.Command(join(binaries, "postgres"), {
    args,
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    ...account,
  }).spawn();
  const file = Deno.openSync(log_file, { create: true, append: true });
  server.stderr.pipeTo(file.writable).catch(() => {});
  return server;
}

async function untilReady(server: Deno.ChildProcess, url: string, log_file: string) {
  let ended = false;
  server.status.then(() => ended = true);
  const deadline_ms = performance.now() + start_timeout_ms;
  while (!ended && performance.now() < deadline_ms) {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      await sql`select 1`;
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  if (!ended) server.kill("SIGINT");
  throw new Failure(`Postgres did not start: see ${log_file}`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, ignoreMissing(false));
}

async function remove(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(ignoreMissing(undefined));
}

function ignoreMissing<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Deno.errors.NotFound) return otherwise;
    throw error;
  };
}
