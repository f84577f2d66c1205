/** `deno task verify [database url]`: what disagrees with the ledger; nothing, if all is well. */
import postgres from "postgres";
import { taskCommand } from "../local/command.ts";
import { runningStack } from "../local/folder.ts";
import { readArguments, refuseArguments } from "./arguments.ts";

const help = `
Usage: ${taskCommand("verify")} [database url]

Checks every wallet of a database against its ledger, in portions, so that books of any size take no more memory than
small ones and nobody waits. Without an address: of the stack that runs in this folder.

What is found is printed at once, and progress now and then. It only reads: interrupt it whenever you like.

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
const first_user = "00000000-0000-0000-0000-000000000000";
const last_user = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** Tables in the order of their keys, each with the check of a portion, from after one key up to another. */
const walks: { what: string; table: string; key: string[]; check: string; rows: number; ends: [Key, Key] }[] = [
  {
    what: "entries",
    table: "token_transactions",
    key: ["user_id", "id"],
    check: "select * from private.verify_entries($1, $2, $3, $4)",
    rows: 50_000,
    ends: [[first_user, "0"], [last_user, "9223372036854775807"]],
  },
  {
    what: "holds",
    table: "token_holds",
    key: ["user_id", "id"],
    check: "select * from private.verify_holds($1, $2, $3, $4)",
    rows: 50_000,
    ends: [[first_user, first_user], [last_user, last_user]],
  },
  {
    what: "wallets",
    table: "user_tokens",
    key: ["user_id"],
    check: "select * from private.verify_wallets($1, $2) union all select * from private.verify_purchases($1, $2)",
    rows: 10_000,
    ends: [[first_user], [last_user]],
  },
];
type Key = string[];

const seconds_between_lines = 5;
let said_at = performance.now();
let problem_count = 0;
const checked: string[] = [];
try {
  for (const { what, table, key, check, rows, ends: [start, end] } of walks) {
    let count = 0;
    for (let after: Key | undefined = start; after !== undefined;) {
      const columns = key.join(", ");
      const place: string = key.map((_, index) => `$${index + 1}`).join(", ");
      const portion: Record<string, string>[] = await sql.unsafe(
        `select ${columns}, count(*) over () as count from (
          select ${columns} from public.${table} where (${columns}) > (${place}) order by ${columns} limit ${rows}
        ) as portion order by ${key.map((name) => `${name} desc`).join(", ")} limit 1`,
        after,
      );
      const [last] = portion;
      const rows_found = Number(last?.count ?? 0);
      const to: Key | undefined = rows_found < rows ? undefined : key.map((name) => last![name]!);
      const problems = await sql.unsafe(check, [...after, ...(to ?? end)]);
      if (problems.length > 0) console.table(problems.map((problem) => ({ ...problem })));
      problem_count += problems.length;
      count += rows_found;
      after = to;
      if (performance.now() - said_at > seconds_between_lines * 1_000) {
        said_at = performance.now();
        console.log(`${count} ${what} checked, ${problem_count} problems found so far …`);
      }
    }
    checked.push(`${count} ${what}`);
  }
  const all = new Intl.ListFormat("en").format(checked);
  console.log(`${all} checked, ${problem_count} problems found.`);
  if (problem_count > 0) console.log("What to do: docs/operations.md, “When the ledger disagrees”.");
  Deno.exitCode = problem_count > 0 ? 1 : 0;
} catch (error) {
  console.error(`The database at ${host} could not be asked: ${(error as Error).message}`);
  Deno.exitCode = 2;
} finally {
  await sql.end();
}
