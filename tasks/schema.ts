/**
 * `deno task schema [--check]`: brings database.types.ts and supabase/schemas up to date with the migrations, with the
 * Supabase CLI on a database of its own, and lists what the CLI's advisors find in it.
 */
import { join } from "node:path";
import postgres from "postgres";
import { taskCommand } from "../local/command.ts";
import { root } from "../local/config.ts";
import { failureText } from "../local/failure.ts";
import { startStack } from "../local/stack.ts";
import { readArguments } from "./arguments.ts";
import { runCli } from "./cli.ts";
import { differingPaths, type Files, readFiles, replaceFiles } from "./generated.ts";

const help = `
Usage: ${taskCommand("schema")} [--check]

Brings database.types.ts and supabase/schemas up to date with the migrations, and asks the CLI's advisors about them.

  --check  change nothing

Ends with 0 where all is up to date and nothing was found, with 1 where not, with 2 for wrong arguments.
`;
const { values: { check = false } } = readArguments({ help, options: { check: { type: "boolean" } } });

const types_folder = join(root, "supabase", "functions", "_shared");
const types_file = "database.types.ts";
const schemas_folder = join(root, "supabase", "schemas");

const max_named = 8;

let is_fine = true;
const temporary = await Deno.makeTempDir({ prefix: "tally-schema-" });
try {
  // Exposing new tables is the harder case for the advisors.
  const stack = await startStack({ data_folder: join(temporary, "stack"), expose_new_tables: true });
  try {
    await bringUpToDate(stack.database_url);
  } finally {
    await stack.stop();
    await Deno.remove(stack.data_folder, { recursive: true });
  }
} catch (error) {
  console.error(failureText(error));
  is_fine = false;
} finally {
  await Deno.remove(temporary, { recursive: true });
}
Deno.exit(is_fine ? 0 : 1);

async function bringUpToDate(database_url: string) {
  const remote = `--remote=${database_url}?sslmode=disable`;
  await useIndexes(database_url);
  await runCli(["db", "advisors", remote, "--level", "info", "--fail-on", "info"]);
  console.log("The advisors find nothing.");

  await hideNewTables(database_url);
  const types = await format(await runCli(["gen", "types", "typescript", remote, "--schema", "public"]));
  const old_types = await Deno.readTextFile(join(types_folder, types_file)).catch(() => "");
  if (compare(types_file, new Map([[types_file, old_types]]), new Map([[types_file, types]]))) {
    await Deno.writeTextFile(join(types_folder, types_file), types);
  }

  const generated = join(temporary, "schemas");
  const generate = ["db", "schema", "declarative", "generate", remote, "--no-cache", "--output-dir", generated];
  await runCli(generate, temporary);
  const schemas = readFiles(generated);
  if (compare("supabase/schemas", readFiles(schemas_folder), schemas)) await replaceFiles(schemas_folder, schemas);
}

/** Says whether generated files are current; true where they are to be written. */
function compare(name: string, old_files: Files, files: Files): boolean {
  const stale = differingPaths(old_files, files);
  if (stale.length === 0) {
    console.log(`${name} is up to date with the migrations.`);
    return false;
  }
  const more = stale.length > max_named ? `, and ${stale.length - max_named} more` : "";
  const named = stale.slice(0, max_named).join(", ") + more;
  if (!check) {
    console.log(`${name} is brought up to date with the migrations: ${named}.`);
    return true;
  }
  console.error(`${name} is stale (${named}): run ${taskCommand("schema")}.`);
  is_fine = false;
  return false;
}

/** Takes back what `expose_new_tables` set, which is not the migrations' doing. */
async function hideNewTables(database_url: string) {
  const sql = postgres(database_url, { max: 1 });
  for (const what of ["tables", "functions", "sequences"]) {
    await sql.unsafe(`alter default privileges in schema public
      revoke all on ${what} from postgres, anon, authenticated, service_role`);
  }
  await sql.end();
}

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
