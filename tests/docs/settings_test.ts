// Goal: whoever sets up a project knows every setting. Method: the pages against what the code reads.
import assert from "node:assert/strict";
import type { Environment } from "../../supabase/functions/_shared/settings.ts";
import { settings_readers } from "./apps.ts";
import { domains, quoted, read, section, sources, tableRows } from "./pages.ts";

const settings = [...new Set(Object.values(settings_readers).flatMap(namesReadBy))].filter(isOurs).sort();

Deno.test("nothing but settings files reads the environment", () => {
  const readers = sources.filter((path) => read(path).includes("Deno.env"));
  assert.deepEqual(readers, domains.map((name) => `supabase/functions/${name}/settings.ts`));
});

Deno.test("every setting that a function reads is in docs/deploy.md, and no other", () => {
  const documented = tableRows(section("docs/deploy.md", "Settings")).flatMap(([names]) => quoted(names!));
  assert.deepEqual(documented.sort(), settings);
});

Deno.test("every setting that a function reads is in .env.example, and no other", () => {
  const example = read("supabase/functions/.env.example");
  assert.deepEqual([...example.matchAll(/^#([A-Z0-9_]+)=/gm)].map(([, name]) => name).sort(), settings);
});

/** The names that a reader of settings looks up in the environment. */
function namesReadBy(readSettings: (env: Environment) => unknown): string[] {
  const names = new Set<string>();
  readSettings(
    new Proxy<Environment>({}, {
      get(_, name) {
        names.add(String(name));
        return undefined;
      },
    }),
  );
  return [...names];
}

/** What begins with SUPABASE_ is the platform's to set. */
function isOurs(name: string): boolean {
  return !name.startsWith("SUPABASE_");
}
