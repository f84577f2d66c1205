// Goal: a benchmark's figures mean what docs/performance.md says. Method: contestants with made-up speeds.
import assert from "node:assert/strict";
import { compare, type Contestant, rateOf, ratioOf, spread } from "../../bench/rounds.ts";

/** A contestant that did these many per second, one after the other, and the order in which all were asked. */
function contestant(name: string, speeds: number[], asked: string[] = []): Contestant {
  const left = [...speeds];
  return {
    name,
    measure: () => {
      asked.push(name);
      return Promise.resolve(left.length > 1 ? left.shift()! : left[0]!);
    },
  };
}

const comparison = async (control: number[], ours: number[], rounds: number) =>
  await compare({
    title: "t",
    control: contestant("limit", control),
    contestants: [contestant("ours", ours)],
    rounds,
    seconds: 1,
  });

Deno.test("a ratio is taken within its round, by the control before and after it", async () => {
  const result = await comparison([100, 110, 100], [50, 84], 2);
  assert.deepEqual(ratioOf(result, "ours", "limit"), {
    median: (50 / 105 + 84 / 105) / 2,
    min: 50 / 105,
    max: 84 / 105,
  });
  assert.deepEqual(rateOf(result, "limit"), { median: 105, min: 105, max: 105 });
});

Deno.test("a round over which the control moved by more than 15 % does not count, and is repeated", async () => {
  const { kept, dropped } = await comparison([100, 84, 90], [1, 50], 1);
  assert.deepEqual({ kept, dropped }, { kept: [{ ours: 50, limit: 87 }], dropped: 1 });
  const calm = await comparison([100, 86], [50], 1);
  assert.deepEqual({ kept: calm.kept.length, dropped: calm.dropped }, { kept: 1, dropped: 0 });
});

Deno.test("a machine that is never calm ends the rounds all the same, with no figures", async () => {
  const control: Contestant = { name: "limit", measure: () => Promise.resolve(speed = speed === 100 ? 50 : 100) };
  let speed = 100;
  const result = await compare({ title: "t", control, contestants: [], rounds: 3, seconds: 1 });
  assert.deepEqual({ kept: result.kept, dropped: result.dropped }, { kept: [], dropped: 6 });
  assert.equal(rateOf(result, "limit"), undefined);
});

Deno.test("the contestants take turns at going first, and the control goes between the rounds", async () => {
  const asked: string[] = [];
  await compare({
    title: "t",
    control: contestant("limit", [1], asked),
    contestants: [contestant("a", [1], asked), contestant("b", [1], asked), contestant("c", [1], asked)],
    rounds: 3,
    seconds: 1,
  });
  assert.equal(asked.join(" "), "limit a b c limit b c a limit c a b limit");
});

Deno.test("a spread is the median with the least and the greatest", () => {
  assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
  assert.deepEqual(spread([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 });
  assert.equal(spread([]), undefined);
});
