import { join, relative } from "node:path";
import { functions_folder, migrations_folder, readConfig, root } from "./config.ts";
import type { Functions } from "./functions.ts";
import { migrationFiles } from "./migrations.ts";

/** How long to wait after a change before reading the files: editors write in several steps. */
const rest_ms = 300;

interface ChangeOptions {
  url: string;
  functions: Functions;
  /** Receives one line for each change: what was done about it, or what to do. */
  log: (line: string) => void;
}

/**
 * Watches the files of a running stack: takes up new functions and a changed `.env`, and says what to do about changed
 * migrations and config.toml. (Deno itself reloads a function whose code changed.) Returns a function that stops it.
 */
export function followChanges({ url, functions, log }: ChangeOptions): () => Promise<void> {
  let migrations = migrationTexts();
  let config = configText();
  let work = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;

  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs([join(root, "supabase", "config.toml"), functions_folder, migrations_folder]);
  } catch (error) {
    log(`New functions, settings and migrations count from the next start: ${(error as Error).message}`);
    return async () => {};
  }
  const watching = (async () => {
    for await (const { paths } of watcher) {
      if (paths.every((path) => relative(functions_folder, path).includes("node_modules"))) continue;
      clearTimeout(timer);
      timer = setTimeout(() => work = work.then(look).catch((error) => log(`Changes: ${error.message}`)), rest_ms);
    }
  })();

  async function look() {
    const { come, gone } = await functions.follow();
    const { functions: blocks } = readConfig();
    for (const name of come) {
      log(`New function: ${url}/functions/v1/${name}`);
      if (blocks[name] === undefined) {
        log(`Before ${name} is deployed it needs a block [functions.${name}] in supabase/config.toml.`);
      }
    }
    for (const name of gone) log(`${name} is gone, and its function with it.`);
    if (await functions.refresh()) {
      log("The settings in .env have changed: the functions were started again with them.");
    }
    tellOfMigrations();
    const new_config = configText();
    if (new_config !== config) log("supabase/config.toml has changed: it counts from the next start.");
    config = new_config;
  }

  function tellOfMigrations() {
    const now = migrationTexts();
    for (const [file, text] of now) {
      if (!migrations.has(file)) log(`${file} is new: the next start applies it (Ctrl-C, then start again).`);
      else if (migrations.get(file) !== text) {
        log(`${file} has changed: where it was applied, start once with --reset.`);
      }
    }
    for (const file of migrations.keys()) {
      if (!now.has(file)) log(`${file} is gone: where it was applied, start once with --reset.`);
    }
    migrations = now;
  }

  return async () => {
    clearTimeout(timer);
    watcher.close();
    await watching;
    await work;
  };
}

function migrationTexts(): Map<string, string> {
  return new Map(migrationFiles(migrations_folder).map((file) => [file, readText(join(migrations_folder, file))]));
}

const configText = () => readText(join(root, "supabase", "config.toml"));

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
