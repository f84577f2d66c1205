// Goal: the client is as its page says, and follows the API. Method: bundled, packed, and made anew.
import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type * as z from "zod";
import { buildMethods, buildOperations } from "../../tasks/openapi/client_operations.ts";
import { headOfTypes } from "../../tasks/openapi/client_types.ts";
import { operations } from "../../tasks/openapi/document.ts";
import { read, root } from "./pages.ts";

Deno.test("the generated files of client/ are what the routes make", async () => {
  const stale = "run `npx -y deno@2.9.6 task openapi`";
  assert.equal(read("client/operations.js"), await buildOperations(), stale);
  assert.equal(read("client/operations.d.ts"), await buildMethods(), stale);
  // Generating the types takes the network and seconds: `deno task ok` does it.
  assert.ok(read("client/types.d.ts").startsWith(headOfTypes()), stale);
});

Deno.test("one object can hold all that a route takes: no name is in its path and in its body or query", () => {
  for (const { method, path, query, body } of operations) {
    assert.ok(query === undefined || body === undefined, `${method} ${path} has a query and a body`);
    const { shape = {} } = (body ?? query ?? {}) as Partial<z.ZodObject>;
    for (const [, name] of path.matchAll(/\{(\w+)\}/g)) assert.ok(!(name! in shape), `${method} ${path}: ${name}`);
  }
});

Deno.test("client/README.md says how large the client is, minified and gzipped", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--platform", "browser", "client/index.js"],
    cwd: root,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const [, documented] = /([\d.]+) KB minified and gzipped/.exec(read("client/README.md").replaceAll("\n", " ")) ?? [];
  assert.equal(documented, (gzipSync(stdout, { level: 9 }).length / 1_000).toFixed(1));
});

Deno.test("the package holds its modules and their types, and no test", async () => {
  const { stdout } = await new Deno.Command("npm", { args: ["pack", "--dry-run", "--json", join(root, "client")] })
    .output();
  const [{ files }] = JSON.parse(new TextDecoder().decode(stdout)) as [{ files: { path: string }[] }];
  assert.deepEqual(files.map(({ path }) => path).sort(), [
    ...["README.md", "answer.js", "index.d.ts", "index.js", "operations.d.ts", "operations.js", "package.json"],
    ...["problem.js", "send.js", "types.d.ts"],
  ]);
});
