// Goal: no page says what is not so. Method: what the pages name, held to the files and the code that they name.
import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import { parse } from "smol-toml";
import { deno_command } from "../../local/command.ts";
import { problems } from "../../supabase/functions/_shared/problem.ts";
import { event_types } from "../../supabase/functions/payments/providers/stripe_events.ts";
import { domains, pages, quoted, read, root, section, sources, tableRows } from "./pages.ts";

Deno.test("the README has at most 130 lines", () => {
  assert.ok(read("README.md").split("\n").length <= 130);
});

Deno.test("the README shows pictures, and all there are weigh less than 1.5 MB", () => {
  const folder = join(root, "docs", "screenshots");
  const sizes = [...Deno.readDirSync(folder)].map(({ name }) => Deno.statSync(join(folder, name)).size);
  assert.ok(sizes.reduce((sum, size) => sum + size) < 1_500_000);
  assert.ok([...read("README.md").matchAll(/!\[[^\]]+\]\(docs\/screenshots\/[\w-]+\.png\)/g)].length >= 2);
});

Deno.test("no page repeats another", () => {
  const seen = new Map<string, string>();
  for (const page of pages) {
    const prose = read(page).replaceAll(/^ *```[^]*?^ *```$/gm, "").replaceAll(/\s+/g, " ");
    const sentences = prose.split(/(?<=[.:]) |\|/).map((sentence) => sentence.trim())
      .filter((text) => text.length > 40 && /\w/.test(text));
    for (const sentence of new Set(sentences)) {
      assert.equal(seen.get(sentence), undefined, `${page} says as well: ${sentence}`);
      seen.set(sentence, page);
    }
  }
});

Deno.test("every link within the pages leads somewhere", () => {
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [file, anchor] = target!.split("#");
      const path = file === "" ? page : normalize(join(dirname(page), file!));
      const text = Deno.statSync(join(root, path)).isFile ? read(path) : "";
      if (anchor === undefined) continue;
      const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
        heading!.toLowerCase().replaceAll(/[^\w -]/g, "").replaceAll(" ", "-")
      );
      assert.ok(anchors.includes(anchor), `${page} links to ${target}`);
    }
  }
});

Deno.test("every heading that the code names is there", () => {
  const scripts = ["local", "tasks"].flatMap((folder) =>
    [...Deno.readDirSync(join(root, folder))].filter(({ isFile }) => isFile).map(({ name }) => `${folder}/${name}`)
  );
  const named = [...sources, ...scripts, "supabase/seed.sql"].flatMap((
    path,
  ) => [...read(path).matchAll(/(docs\/\w+\.md), “(.*?)”/g)]);
  assert.ok(named.length > 0);
  for (const [, page, heading] of named) section(page!, heading!);
});

Deno.test("every file that the pages name is there", () => {
  const named = pages.flatMap((page) =>
    quoted(read(page)).filter((code) => /^(client|docs|local|supabase|tasks|tests|\.ci)\/[\w./-]+$/.test(code))
      .map((path) => ({ page, path }))
  );
  assert.ok(named.length > 5);
  for (const { page, path } of named) {
    assert.ok(exists(path) || path === "supabase/functions/.env", `${page} names ${path}`);
  }
});

Deno.test("every function of the database that the pages name is there", () => {
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/\b(private|public)\.(\w+)\(/g)].map(([, schema, name]) => ({ page, schema, name }))
  );
  assert.ok(named.length > 3);
  for (const { page, schema, name } of named) {
    assert.ok(exists(`supabase/schemas/${schema}/functions/${name}.sql`), `${page} names ${schema}.${name}`);
  }
});

Deno.test("the map of CONTRIBUTING shows what there is", () => {
  const [, map = ""] = /```\n([^]*?)```/.exec(section("CONTRIBUTING.md", "The map")) ?? [];
  const folders: string[] = [];
  for (const [, indent, names] of map.matchAll(/^( *)((?:[\w./-]+ )*[\w./-]+)(?= {2}|$)/gm)) {
    folders.length = indent!.length / 2;
    for (const name of names!.split(" ")) {
      assert.ok(exists([...folders, name].join("/")), `${folders.join("/")}${name}`);
    }
    folders.push(names!.replace(/\/$/, ""));
  }
});

Deno.test("the commands of all pages work with Node alone, and in the versions that the gate uses", () => {
  const [cli_command] = /supabase@[\d.]+/.exec(read("tasks/cli.ts")) ?? [];
  assert.ok(cli_command !== undefined);
  const commands =
    /(?:npx )?(?:-y )?\b(deno|supabase)(?:@[\d.]+)? (?:task|test|run|start|functions|db|config|login|link|secrets)\b/g;
  for (const page of [...pages, "supabase/functions/.env.example"]) {
    for (const [command, tool] of read(page).matchAll(commands)) {
      const expected = tool === "deno" ? deno_command : `npx -y ${cli_command}`;
      assert.ok(command.startsWith(`${expected} `), `${page}: ${command}`);
    }
  }
});

Deno.test("CONTRIBUTING has every task, and every page names tasks that there are", () => {
  const tasks = Object.keys(JSON.parse(read("deno.json")).tasks).sort();
  const tasksOf = (text: string) => [...text.matchAll(/deno@[\d.]+ task (\w+)/g)].map(([, name]) => name!);
  assert.deepEqual([...new Set(tasksOf(section("CONTRIBUTING.md", "Commands")))].sort(), tasks);
  for (const page of pages) assert.deepEqual(tasksOf(read(page)).filter((name) => !tasks.includes(name)), [], page);
});

Deno.test("CONTRIBUTING says of each dependency what it is for", () => {
  const packages = (file: string) =>
    Object.keys(JSON.parse(read(file)).imports).map((name) => name.replace(/\/$/, "")).filter((name, index, all) =>
      all.indexOf(name) === index
    );
  const at_run_time = packages("supabase/functions/deno.json").sort();
  const rules = section("CONTRIBUTING.md", "Rules");
  assert.deepEqual(tableRows(rules).map(([name]) => quoted(name!)[0]).sort(), at_run_time);
  const [, development = ""] = /For development: ([^]*?)\./.exec(rules.replaceAll(/\.(?=\w)/g, "·")) ?? [];
  assert.deepEqual(
    quoted(development).sort(),
    packages("deno.json").filter((name) => !at_run_time.includes(name)).sort(),
  );
});

Deno.test("each problem code has its heading in docs/errors.md, with its status, and there are no others", () => {
  const documented = [...read("docs/errors.md").matchAll(/^## (\w+)\n\n(\d{3})\./gm)];
  assert.deepEqual(
    documented.map(([, code, status]) => `${code} ${status}`),
    Object.entries(problems).map(([code, { status }]) => `${code} ${status}`),
  );
});

Deno.test("docs/deploy.md names every event of Stripe that means something here, and no other", () => {
  const named = quoted(section("docs/deploy.md", "Sell tokens with Stripe"))
    .filter((code) => /^(charge|checkout|refund)\./.test(code));
  assert.deepEqual(named.sort(), event_types.toSorted());
});

Deno.test("docs/deploy.md says of each key of config.toml what a push would do", () => {
  const { api, auth: { email, ...auth } } = parse(read("supabase/config.toml")) as Record<
    "api" | "auth",
    Record<string, object>
  >;
  const { port: _, ...pushed } = api;
  const documented = tableRows(section("docs/deploy.md", "What to set in Auth")).flatMap(([keys]) => quoted(keys!));
  assert.deepEqual(documented.sort(), Object.keys({ ...pushed, ...auth, ...email }).sort());
});

Deno.test("every function has its block in config.toml", () => {
  const { functions } = parse(read("supabase/config.toml")) as { functions: Record<string, object> };
  assert.deepEqual(Object.keys(functions).sort(), domains);
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(join(root, path)) !== undefined;
  } catch {
    return false;
  }
}
