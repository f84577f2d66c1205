// Goal: the API document is what the functions do. Method: made anew and compared; each example through its schema.
import assert from "node:assert/strict";
import { join } from "node:path";
import { buildDocument, operations } from "../../tasks/openapi/document.ts";
import { root } from "../../local/config.ts";

Deno.test("docs/openapi.json is what the schemas of the functions make", async () => {
  const written = JSON.parse(await Deno.readTextFile(join(root, "docs", "openapi.json")));
  assert.deepEqual(written, JSON.parse(JSON.stringify(buildDocument())), "run `npx -y deno@2.9.6 task openapi`");
});

Deno.test("each body and each answer of the document has an example, and its schema accepts it", () => {
  for (const { method, path, body, example, answers } of operations) {
    if (body !== undefined) assert.ok(body.safeParse(example).success, `${method} ${path}: the body`);
    for (const [status, { schema, example }] of Object.entries(answers)) {
      if (schema === null) continue;
      const { success, error } = schema.safeParse(example);
      assert.ok(success, `${method} ${path} ${status}: ${error?.message}`);
    }
  }
});

Deno.test("each operation has a name of its own", () => {
  const ids = Object.values(buildDocument().paths ?? {}).flatMap((item) =>
    Object.values(item as Record<string, { operationId: string }>).map(({ operationId }) => operationId)
  );
  assert.deepEqual([...new Set(ids)], ids);
});
