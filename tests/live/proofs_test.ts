// Goal: the experiments of `deno task prove` hold in their short form too. Method: a fixed seed.
import assert from "node:assert/strict";
import { join } from "node:path";
import { experiments } from "../proofs/all.ts";

for (const { number, name, invariant, run } of experiments) {
  // An experiment boots and breaks servers of its own, which outlive single tests by design.
  Deno.test({
    name: `proof ${number}, ${name}: ${invariant}`,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      for (const { what, expected, seen, passed } of await run({ scale: "short", seed: 1, log: () => {} })) {
        assert.ok(passed, `${what}: expected ${expected}, seen ${seen}`);
      }
    },
  });
}

Deno.test("prove refuses an experiment that there is not", async () => {
  const task = join(import.meta.dirname!, "..", "..", "tasks", "prove.ts");
  const args = ["run", "-A", "--no-check", task, "--only", "1,99"];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert.deepEqual([code, said.includes("99"), said.includes("passed")], [2, true, false], said);
});
