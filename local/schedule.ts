import postgres from "postgres";
import { secret_key, type Stack } from "./stack.ts";

const interval_ms = 2_000;

/** What pg_cron does on the platform: has notices delivered when they are due. Returns how to stop it. */
export function startSchedule({ url, database_url }: Stack): () => Promise<void> {
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  const timer = setInterval(async () => {
    // A database or a function that is restarting is asked again soon enough.
    const [row] = await sql`select private.notices_are_due() as due`.catch(() => []);
    if (!row?.due) return;
    const request = { method: "POST", headers: { apikey: secret_key } };
    await fetch(`${url}/functions/v1/tokens/notices/deliver`, request).then(
      (answer) => answer.body?.cancel(),
      () => {},
    );
  }, interval_ms);
  return async () => {
    clearInterval(timer);
    await sql.end({ timeout: 1 });
  };
}
