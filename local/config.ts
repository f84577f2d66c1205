import { join } from "node:path";
import { parse } from "smol-toml";
import type { AuthSettings } from "./upstream.ts";

export const root = join(import.meta.dirname!, "..");
export const functions_folder = join(root, "supabase", "functions");
export const migrations_folder = join(root, "supabase", "migrations");

export interface Config {
  api: { port: number; auto_expose_new_tables: boolean };
  db: { port: number };
  auth: AuthSettings;
  functions: Record<string, { verify_jwt?: boolean; import_map?: string }>;
}

/** supabase/config.toml, the file that `supabase start` reads as well. */
export function readConfig(): Config {
  return parse(Deno.readTextFileSync(join(root, "supabase", "config.toml"))) as unknown as Config;
}

/** The folders that the CLI deploys as functions. */
export function functionNames(): string[] {
  return [...Deno.readDirSync(functions_folder)]
    .filter((entry) => entry.isDirectory && !entry.name.startsWith("_"))
    .map((entry) => entry.name)
    .filter((name) => {
      try {
        return Deno.statSync(join(functions_folder, name, "index.ts")).isFile;
      } catch {
        return false;
      }
    })
    .sort();
}
