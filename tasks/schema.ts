/**
 * `deno task schema [--check]`: brings database.types.ts up to date with the migrations, with the
 * Supabase CLI on a database of its own, and lists what the CLI's advisors find in it.
 * `--check` changes nothing. Ends with 1 where the types are stale or something is found.
 */
import { join } from "node:path";
import postgres from "postgres";
import { startStack } from "../local/stack.ts";

// Run through npx: as a dependency of deno.json it does not resolve on every platform.
const cli = "supabase@3.1.0";
const types_file = join(import.meta.dirname!, "..", "supabase", "functions", "_shared", "database.types.ts");
const check = Deno.args.includes("--check");

const data_folder = await Deno.makeTempDir({ prefix: "tally-schema-" });
// Exposing new tables is the harder case for the advisors.
const stack = await startStack({ data_folder, expose_new_tables: true });
let failed = false;
try {
  const remote = `--remote=${stack.database_url}?sslmode=disable`;
  const types = await format(await run("gen", "types", "typescript", remote, "--schema", "public"));
  if (types === await Deno.readTextFile(types_file)) {
    console.log("database.types.ts is up to date with the migrations.");
  } else if (check) {
    console.error("database.types.ts is stale: run `deno task schema`.");
    failed = true;
  } else {
    await Deno.writeTextFile(types_file, types);
    console.log("database.types.ts was brought up to date with the migrations.");
  }
  await useIndexes(stack.database_url);
  await run("db", "advisors", remote, "--level", "info", "--fail-on", "info");
  console.log("The advisors find nothing.");
} catch (error) {
  console.error((error as Error).message);
  failed = true;
} finally {
  await stack.stop();
  for (const folder of new Set([data_folder, stack.data_folder])) await Deno.remove(folder, { recursive: true });
}
Deno.exit(failed ? 1 : 0);

/** The advisors report an index that was never used, as all of a new database are: use each once. */
async function useIndexes(database_url: string) {
  const sql = postgres(database_url, { max: 1 });
  // What is left is to read in the order of the index.
  await sql`set enable_seqscan = off`;
  await sql`set enable_sort = off`;
  const indexes = await sql`
    select format('select from %s where %s order by %s', indrelid::regclass,
      coalesce(pg_get_expr(indpred, indrelid), 'true'),
      substring(pg_get_indexdef(indexrelid) from 'USING btree \\((.*?)\\)(?: WHERE |$)')) as query
    from pg_index join pg_class as c on c.oid = indrelid and c.relnamespace = 'public'::regnamespace
  `;
  for (const { query } of indexes) await sql.unsafe(query);
  await sql.end();
}

async function run(...args: string[]): Promise<string> {
  const output = await new Deno.Command("npx", { args: ["--yes", cli, ...args], stdin: "null" }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!output.success) throw new Error(`supabase ${args.slice(0, 2).join(" ")} failed:\n${stdout}${stderr}`);
  return stdout!;
}

async function format(code: string): Promise<string> {
  const deno = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--line-width", "120", "--ext", "ts", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = deno.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  return new TextDecoder().decode((await deno.output()).stdout);
}
