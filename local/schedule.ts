import postgres from "postgres";
import { secret_key } from "./environment.ts";
import type { Stack } from "./stack.ts";

const notices_every_ms = 2_000;
const sweep_every_ms = 60_000;

/** Does what pg_cron does on the platform: sweeps expired holds and delivers notices. Returns a function that stops it. */
export function startSchedule(stack: Pick<Stack, "url" | "database_url" | "settings">): () => Promise<void> {
  const stops = [
    repeat(notices_every_ms, () => deliverNotices(stack)),
    repeat(sweep_every_ms, () => withDatabase(stack, sweep)),
  ];
  return async () => void await Promise.all(stops.map((stop) => stop()));
}

/** Has the tokens function deliver the notices that are due. Without NOTICES_URL they stay in the outbox. */
export async function deliverNotices(stack: Pick<Stack, "url" | "database_url" | "settings">) {
  if (!stack.settings().NOTICES_URL) return;
  const [row] = await withDatabase(stack, (sql) => sql`select private.notices_are_due() as due`);
  if (!row?.due) return;
  const request = { method: "POST", headers: { apikey: secret_key } };
  const answer = await fetch(`${stack.url}/functions/v1/tokens/notices/deliver`, request);
  await answer.body?.cancel();
}

/** Ends the holds that ran out, in portions, so that no wallet stays locked for long. */
export async function sweep(sql: postgres.Sql) {
  while (true) {
    const [row] = await sql`select private.sweep_holds() as wallets`;
    if (!row?.wallets) return;
  }
}

/** Runs a job on a connection of its own: the driver can crash on one that is open when Postgres dies. */
async function withDatabase<T>(
  { database_url }: Pick<Stack, "database_url">,
  run: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const sql = postgres(database_url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    return await run(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Runs a job at an interval, never twice at once. Returns a function that stops it and waits for the running job. */
function repeat(interval_ms: number, job: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    // A database or a function that is restarting is asked again soon enough.
    running ??= job().catch(() => {}).finally(() => running = undefined);
  }, interval_ms);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
