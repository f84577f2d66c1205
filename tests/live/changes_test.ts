// Goal: what people change while the stack runs is taken up, or they are told what to do. Method: one started copy of the
// repository, whose files are changed under it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { Copy } from "../support/copy.ts";

Deno.test("while the stack runs, changed functions, settings, migrations and new functions are taken up or told of", async () => {
  await using copy = await Copy.make();
  const started = copy.start();
  await started.ready;
  const functions = join(copy.folder, "supabase", "functions");
  const health = async (name: string) => (await fetch(`${copy.url}/functions/v1/${name}/health`)).text();

  const file = join(functions, "tokens", "index.ts");
  await Deno.writeTextFile(file, (await Deno.readTextFile(file)) + `\nconsole.log("reloaded");\n`);
  await started.says(/\[tokens\] reloaded/);

  const greeting = (word: string) => `export default { fetch: () => new Response("${word}") };\n`;
  await Deno.mkdir(join(functions, "greetings"));
  await Deno.writeTextFile(join(functions, "greetings", "index.ts"), greeting("hello"));
  await started.says(new RegExp(`New function: ${copy.url}/functions/v1/greetings`));
  await started.says(/Before greetings is deployed it needs a block \[functions\.greetings\]/);
  assert.equal(await health("greetings"), "hello");

  await Deno.writeTextFile(
    join(functions, "greetings", "index.ts"),
    `export default { fetch: () => new Response(Deno.env.get("WORD")) };\n`,
  );
  await Deno.writeTextFile(join(functions, ".env"), "WORD=salut\n");
  await started.says(/The settings in \.env have changed: the functions were started again with them/);
  assert.equal(await health("greetings"), "salut");

  await Deno.remove(join(functions, "greetings"), { recursive: true });
  await started.says(/greetings is gone, and its function with it/);
  assert.match(await health("greetings"), /NOT_FOUND/);

  const migrations = join(copy.folder, "supabase", "migrations");
  await Deno.writeTextFile(join(migrations, "29990101000000_later.sql"), "select 1;\n");
  await started.says(/29990101000000_later\.sql is new: the next start applies it \(Ctrl-C, then start again\)/);
  const [applied = ""] = [...Deno.readDirSync(migrations)].map(({ name }) => name).sort();
  await Deno.writeTextFile(join(migrations, applied), "-- changed\n", { append: true });
  await started.says(new RegExp(`${applied} has changed: where it was applied, start once with --reset`));
  await started.stop();

  assert.match(await copy.refusal(1), /made by an older schema .*: start once with --reset\.$/);
  const renewed = copy.start("--reset");
  await renewed.ready;
  assert.match(renewed.output(), /up to 29990101000000_later\.sql/);
  await renewed.stop();
  await Deno.remove(join(migrations, "29990101000000_later.sql"));
  assert.match(await copy.refusal(1), /its migration 29990101000000 is not the folder's/);
});
