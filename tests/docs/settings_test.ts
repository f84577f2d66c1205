// Goal: whoever sets up a project knows every setting. Method: the pages against what the code reads.
import assert from "node:assert/strict";
import { join } from "node:path";
import { quoted, read, root, section, tableRows } from "./pages.ts";

const functions = join(root, "supabase", "functions");
const sources = [...Deno.readDirSync(functions)]
  .filter(({ isDirectory, name }) => isDirectory && name !== "node_modules" && name !== "_testing")
  .flatMap(({ name }) => [...Deno.readDirSync(join(functions, name))].map((file) => join(functions, name, file.name)))
  .filter((path) => path.endsWith(".ts") && !/_(test|stub)\.ts$/.test(path));
const code = sources.map((path) => Deno.readTextFileSync(path)).join("\n");
// What begins with SUPABASE_ is the platform's to set.
const named = [...code.matchAll(/\benv\.(?:get\("(\w+)"\)|([A-Z]\w+))/g)].map(([, looked_up, member]) =>
  looked_up ?? member!
);
const settings = [...new Set(named)].filter((name) => !name.startsWith("SUPABASE_")).sort();

Deno.test("every setting that a function reads is in docs/deploy.md, and no other", () => {
  const documented = tableRows(section("docs/deploy.md", "Settings")).flatMap(([names]) => quoted(names!));
  assert.deepEqual(documented.sort(), settings);
});

Deno.test("every setting that a function reads is in .env.example, and no other", () => {
  const example = read("supabase/functions/.env.example");
  assert.deepEqual([...example.matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name).sort(), settings);
});
