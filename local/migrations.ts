import { join } from "node:path";
import type { Sql } from "postgres";
import { Failure } from "./failure.ts";

/** The names of the migrations in a folder, in their order. */
export function migrationFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name)
    .filter((name) => /^\d{14}_.+\.sql$/.test(name)).sort();
}

/**
 * Applies the migrations in `folder` that the database does not have yet, each in one
 * transaction with its record in the Supabase CLI's own history table.
 */
export async function migrate(sql: Sql, folder: string): Promise<string[]> {
  await sql.unsafe(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (
      version text not null primary key,
      statements text[],
      name text
    );
  `);
  const rows = await sql<{ version: string; statements: string[] | null }[]>`
    select version, statements from supabase_migrations.schema_migrations order by version
  `;
  const files = migrationFiles(folder).map((file) => {
    const [, version = "", name = ""] = /^(\d{14})_(.+)\.sql$/.exec(file) ?? [];
    return { file, version, name, text: Deno.readTextFileSync(join(folder, file)) };
  });
  requireSameHistory(rows, files);

  const done: string[] = [];
  for (const { file, version, name, text } of files.slice(rows.length)) {
    try {
      await sql.begin(async (transaction) => {
        await transaction.unsafe(text);
        await transaction`
          insert into supabase_migrations.schema_migrations (version, name, statements)
          values (${version}, ${name}, ${[text]})
        `;
      });
    } catch (error) {
      throw new Failure(`Migration ${file} failed, and nothing of it was applied: ${(error as Error).message}`);
    }
    done.push(file);
  }
  return done;
}

/** What a database has applied must be the beginning of what the folder holds, word for word. */
function requireSameHistory(
  rows: { version: string; statements: string[] | null }[],
  files: { version: string; text: string }[],
) {
  const differs = rows.findIndex(({ version, statements }, index) =>
    version !== files[index]?.version || (statements?.length === 1 && statements[0] !== files[index].text)
  );
  if (differs === -1) return;
  throw new Failure(
    `The local database was made by an older schema (its migration ${rows[differs]!.version} is not the folder's): ` +
      "start once with --reset.",
  );
}
