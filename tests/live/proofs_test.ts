// Goal: the experiments of `deno task prove` hold in their short form too. Method: a fixed seed.
import assert from "node:assert/strict";
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
