// Goal: the documents say what is so. Method: README's examples word for word in a shell, errors.md against the code.
import assert from "node:assert/strict";
import { join } from "node:path";
import { problems } from "../../supabase/functions/_shared/problem.ts";
import { event_types } from "../../supabase/functions/payments/stripe.ts";
import { stack } from "../support/stack.ts";

const root = join(import.meta.dirname!, "../..");

Deno.test("the README's examples work word for word, from sign-up to sign-out", async () => {
  const readme = await Deno.readTextFile(join(root, "README.md"));
  const examples = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, code]) => code!).join("\n")
    .replaceAll("http://127.0.0.1:54321", stack.url)
    .replaceAll("ada@example.com", `${crypto.randomUUID()}@example.com`);
  assert.ok(examples.includes("/auth/signup") && examples.includes("/auth/signout"));
  // As pasted, save that an answer of 400 or above ends it.
  const script = `set -eo pipefail\ncurl() { command curl --no-progress-meter --fail-with-body "$@"; }\n${examples}
curl -s $API/tokens/deduct -H "$AUTH" --json '{"amount": 1}' || true`;
  const { code, stdout, stderr } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, `${output}\n${errors}`);
  assert.match(output!, /"status":"captured".*"token":34/);
  assert.match(output!, /"code":"session_ended"/);
});

Deno.test("each problem code has its heading in docs/errors.md, with its status, and there are no others", async () => {
  const text = await Deno.readTextFile(join(root, "docs", "errors.md"));
  const documented = [...text.matchAll(/^## (\w+)\n\n(\d{3})\./gm)].map(([, code, status]) => `${code} ${status}`);
  assert.deepEqual(documented, Object.entries(problems).map(([code, { status }]) => `${code} ${status}`));
});

Deno.test("the README names every event of Stripe that means something here, for the dashboard, and no other", async () => {
  const readme = await Deno.readTextFile(join(root, "README.md"));
  const [, list = ""] = /with the\s+events (.*?)\n4\./s.exec(readme) ?? [];
  assert.deepEqual([...list.matchAll(/`(.*?)`/g)].map(([, type]) => type).sort(), event_types.toSorted());
});

Deno.test("every setting that a function reads is in the README and in .env.example", async () => {
  const functions = join(root, "supabase", "functions");
  const sources = [...Deno.readDirSync(functions)].filter(({ isDirectory, name }) =>
    isDirectory && name !== "node_modules"
  )
    .flatMap(({ name }) => [...Deno.readDirSync(join(functions, name))].map((file) => join(functions, name, file.name)))
    .filter((path) => path.endsWith(".ts") && !/_(test|stub)\.ts$/.test(path));
  const code = sources.map((path) => Deno.readTextFileSync(path)).join("\n");
  const read = [...new Set([...code.matchAll(/Deno\.env\.get\("(\w+)"\)/g)].map(([, name]) => name!))].sort();
  const readme = await Deno.readTextFile(join(root, "README.md"));
  const [, table = ""] = /\n## Settings\n(.*?)\n## /s.exec(readme) ?? [];
  assert.deepEqual([...table.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, name]) => name).sort(), read);
  const example = await Deno.readTextFile(join(functions, ".env.example"));
  assert.deepEqual([...example.matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name).sort(), read);
});
