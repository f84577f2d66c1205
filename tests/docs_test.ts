// Goal: the documents say what is so. Method: README's examples word for word in a shell, errors.md against the code.
import assert from "node:assert/strict";
import { join } from "node:path";
import { problems } from "../supabase/functions/_shared/problem.ts";
import { stack } from "./stack.ts";

const root = join(import.meta.dirname!, "..");

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
