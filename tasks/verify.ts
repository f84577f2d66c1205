/** `deno task verify [database url]`: what disagrees with the ledger; nothing, if all is well. */
import postgres from "postgres";
import { readConfig } from "../local/stack.ts";

const url = Deno.args[0] ?? `postgresql://postgres:postgres@127.0.0.1:${readConfig().db.port}/postgres`;
const sql = postgres(url, { max: 1, connect_timeout: 5 });
try {
  const [wallets] = await sql`select count(*)::integer as count from public.user_tokens`;
  const problems = await sql`select * from private.verify_ledger()`;
  if (problems.length > 0) console.table(problems.map((problem) => ({ ...problem })));
  console.log(`${wallets!.count} wallets checked, ${problems.length} problems found.`);
  if (problems.length > 0) console.log("What to do: docs/operations.md, “When the ledger disagrees”.");
  Deno.exitCode = problems.length > 0 ? 1 : 0;
} catch (error) {
  console.error(`The database at ${new URL(url).host} could not be asked: ${(error as Error).message}`);
  Deno.exitCode = 2;
} finally {
  await sql.end();
}
