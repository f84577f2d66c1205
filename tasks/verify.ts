/** `deno task verify [database url]`: what disagrees with the ledger; nothing, if all is well. */
import postgres from "postgres";
import { taskCommand } from "../local/command.ts";
import { runningStack } from "../local/folder.ts";
import { readArguments, refuseArguments } from "./arguments.ts";

const help = `
Usage: ${taskCommand("verify")} [database url]

Checks every wallet of a database against its ledger. Without an address: of the stack that runs in this folder.

Ends with 0 where all agrees, with 1 where something does not, with 2 where it could not be asked.
`;
const { positionals: [given] } = readArguments({ help, options: {}, max_positionals: 1 });
const url = given ?? (await runningStack())?.database_url;
if (url === undefined) {
  console.error(`No stack runs in this folder: start one with ${taskCommand("start")}, or name a database.`);
  Deno.exit(2);
}
const address = URL.canParse(url) ? new URL(url) : refuseArguments(help, `${url} is no address of a database.`);
const host = address.host + address.pathname;
console.log(`Checking ${host}${given === undefined ? " (the stack of this folder)" : ""} …`);

const sql = postgres(url, { max: 1, connect_timeout: 5 });
try {
  const [wallets] = await sql`select count(*)::integer as count from public.user_tokens`;
  const problems = await sql`select * from private.verify_ledger()`;
  if (problems.length > 0) console.table(problems.map((problem) => ({ ...problem })));
  console.log(`${wallets!.count} wallets checked, ${problems.length} problems found.`);
  if (problems.length > 0) console.log("What to do: docs/operations.md, “When the ledger disagrees”.");
  Deno.exitCode = problems.length > 0 ? 1 : 0;
} catch (error) {
  console.error(`The database at ${host} could not be asked: ${(error as Error).message}`);
  Deno.exitCode = 2;
} finally {
  await sql.end();
}
