// Goal: what is generated cannot go stale unseen. Method: the comparison behind `deno task schema --check`, on folders.
import assert from "node:assert/strict";
import { join } from "node:path";
import { differingPaths, readFiles, replaceFiles } from "../../tasks/generated.ts";

Deno.test("generated files are stale where one was changed, is missing or is left over", async () => {
  const folder = await Deno.makeTempDir({ prefix: "tally-generated-" });
  const files = new Map([["public/tables/a.sql", "a"], ["public/schema.sql", "s"]]);
  await replaceFiles(folder, files);
  assert.deepEqual(differingPaths(readFiles(folder), files), []);

  await Deno.writeTextFile(join(folder, "public/tables/a.sql"), "by hand");
  await Deno.writeTextFile(join(folder, "left_over.sql"), "");
  await Deno.remove(join(folder, "public/schema.sql"));
  assert.deepEqual(differingPaths(readFiles(folder), files), [
    "left_over.sql",
    "public/schema.sql",
    "public/tables/a.sql",
  ]);

  await replaceFiles(folder, files);
  assert.deepEqual(differingPaths(readFiles(folder), files), []);
  await Deno.remove(folder, { recursive: true });
});
