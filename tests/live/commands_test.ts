// Goal: every command that people read works with Node alone, without a question. Method: all text of the repository.
import assert from "node:assert/strict";
import { join } from "node:path";
import { deno_command } from "../../local/command.ts";

const root = join(import.meta.dirname!, "../..");
const own_path = "tests/live/commands_test.ts";

Deno.test("commands in docs, messages and the gate name the one pinned Deno, and npx is told not to ask", async () => {
  const ls = await new Deno.Command("git", { args: ["ls-files"], cwd: root }).output();
  const paths = new TextDecoder().decode(ls.stdout).split("\n").filter((path) => path !== "" && path !== "deno.lock");
  const wrong: string[] = [];
  for (const path of paths) {
    if (path === own_path) continue;
    const text = await Deno.readTextFile(join(root, path)).catch(() => "");
    for (const [command] of text.matchAll(/npx [^\n"'`]*?\bdeno@[\d.]+|npx deno\b/g)) {
      // The edge runtime's level has its own pin, in tasks/ok.ts.
      if (command !== deno_command && !command.endsWith("deno@2.1.4")) wrong.push(`${path}: ${command}`);
    }
    if (/npm_config_yes=true/.test(text) && path !== "tests/live/commands_test.ts") {
      wrong.push(`${path}: npm_config_yes`);
    }
  }
  assert.deepEqual(wrong, []);
});
