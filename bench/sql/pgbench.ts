/** pgbench, Postgres' own load generator. */
import { join } from "node:path";

/** What pgbench said of a run. */
export interface Run {
  per_second: number;
  transactions: number;
}

export interface Pgbench {
  /** How it names itself, with its version. */
  version: string;
  /** Runs a script over some connections, for so many seconds or so often on each. */
  run(script: string, clients: number, length: { seconds: number } | { transactions: number }): Promise<Run>;
}

/**
 * The pgbench of this machine, set on a database. Undefined where there is none.
 *
 * Each connection has the headers of a request with a deadline far ahead, as PostgREST hands them to a function.
 */
export async function findPgbench(database_url: string, folder: string): Promise<Pgbench | undefined> {
  const version = await new Deno.Command("pgbench", { args: ["--version"] }).output().catch(() => undefined);
  if (!version?.success) return undefined;
  const { hostname, port, username, password, pathname } = new URL(database_url);
  const env = {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: pathname.slice(1),
    PGOPTIONS: `-c request.headers={"x-request-deadline":"${Date.UTC(2100)}"}`,
  };
  return {
    version: new TextDecoder().decode(version.stdout).trim(),
    async run(script, clients, length) {
      const file = join(folder, "script.sql");
      await Deno.writeTextFile(file, script);
      const how_long = "seconds" in length ? ["-T", String(length.seconds)] : ["-t", String(length.transactions)];
      const args = ["-n", "-M", "prepared", "-c", String(clients), "-j", "1", ...how_long, "-f", file];
      const { success, stdout, stderr } = await new Deno.Command("pgbench", { args, env }).output();
      const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [string, string];
      // Where nothing was done in time, pgbench names no rate.
      const [, per_second = "0"] = /^tps = ([\d.]+)/m.exec(out) ?? [];
      const [, transactions] = /actually processed: (\d+)/.exec(out) ?? [];
      if (!success || /aborted/.test(errors) || transactions === undefined) {
        throw new Error(`pgbench failed on\n${script}\n${errors.slice(-500)}`);
      }
      return { per_second: Number(per_second), transactions: Number(transactions) };
    },
  };
}
