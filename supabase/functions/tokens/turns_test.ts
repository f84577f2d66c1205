import assert from "node:assert/strict";
import { Problem } from "../_shared/problem.ts";
import { createTurns } from "./turns.ts";

/** A task that runs until it is told to end. */
function openTask(name: string, started: string[]) {
  const { promise, resolve } = Promise.withResolvers<string>();
  return {
    end: () => resolve(name),
    run: () => {
      started.push(name);
      return promise;
    },
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("of one account two tasks run at once, the others in the order in which they came", async () => {
  const inTurn = createTurns({ width: 2, max_wait_ms: 60_000 });
  const started: string[] = [];
  const tasks = ["a", "b", "c", "d"].map((name) => openTask(name, started));
  const results = tasks.map(({ run }) => inTurn("ada", run));
  await settle();
  assert.deepEqual(started, ["a", "b"]);
  tasks[1]!.end();
  await settle();
  assert.deepEqual(started, ["a", "b", "c"]);
  for (const { end } of tasks) end();
  assert.deepEqual(await Promise.all(results), ["a", "b", "c", "d"]);
});

Deno.test("no account waits for another one", async () => {
  const inTurn = createTurns({ width: 1, max_wait_ms: 60_000 });
  const task = openTask("a", []);
  const result = inTurn("ada", task.run);
  assert.equal(await inTurn("bob", () => Promise.resolve("b")), "b");
  task.end();
  await result;
});

Deno.test("a task that waited too long is refused, and was not run", async () => {
  const inTurn = createTurns({ width: 1, max_wait_ms: 0 });
  const started: string[] = [];
  const [first, second] = ["a", "b"].map((name) => openTask(name, started));
  const results = [inTurn("ada", first!.run), inTurn("ada", second!.run)];
  await settle();
  first!.end();
  await assert.rejects(results[1]!, (error) => error instanceof Problem && error.code === "wallet_busy");
  assert.deepEqual(started, ["a"]);
  assert.equal(await inTurn("ada", () => Promise.resolve("c")), "c", "the place is free again");
});

Deno.test("a task that fails gives its place to the next", async () => {
  const inTurn = createTurns({ width: 1, max_wait_ms: 60_000 });
  const failed = inTurn("ada", () => Promise.reject(new Error("no")));
  const next = inTurn("ada", () => Promise.resolve("b"));
  await assert.rejects(failed, /no/);
  assert.equal(await next, "b");
});
