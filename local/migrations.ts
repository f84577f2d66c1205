import { join } from "node:path";
import type { Sql } from "postgres";
import { Failure } from "./failure.ts";

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
  const rows = await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`;
  const applied = new Set(rows.map((row) => row.version));
  const files = [...Deno.readDirSync(folder)].map((entry) => entry.name)
    .filter((name) => /^\d{14}_.+\.sql$/.test(name)).sort();

  const done: string[] = [];
  for (const file of files) {
    const [, version = "", name = ""] = /^(\d{14})_(.+)\.sql$/.exec(file) ?? [];
    if (applied.has(version)) continue;
    const text = await Deno.readTextFile(join(folder, file));
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
