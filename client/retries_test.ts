// Goal: a call is sent again only where that is safe, and a write has one effect. Method: an injected fetch that fails.
import assert from "node:assert/strict";
import { adjustment, broken, refusal, stubTally } from "./_testing/stub.ts";
import { createTally, type Tally } from "./index.js";

const done = () => Response.json(adjustment);
const down = () => refusal(503, "upstream_unavailable", {}, "0");
const person = { email: "ada@example.com", password: "correct horse battery" };
const keyOf = (request: Request) => request.headers.get("idempotency-key");

Deno.test("a write keeps its key through a lost answer, a busy wallet and a service that is down", async () => {
  const { tally, requests } = stubTally(
    broken,
    refusal(503, "wallet_busy", {}, "0"),
    down(),
    done(),
  );
  assert.deepEqual(await tally.tokens.deduct({ amount: 5 }), adjustment);
  assert.match(keyOf(requests[0]!)!, /^"[0-9a-f]{32}"$/);
  assert.equal(new Set(requests.map(keyOf)).size, 1);
  assert.deepEqual(await Promise.all(requests.map((request) => request.json())), Array(4).fill({ amount: 5 }));
});

Deno.test("two calls have two keys, and a caller's own key is sent in quotes", async () => {
  const { tally, requests } = stubTally(done(), done(), done());
  await tally.tokens.deduct({ amount: 5 });
  await tally.tokens.deduct({ amount: 5 });
  await tally.tokens.deduct({ amount: 5 }, { idempotencyKey: 'order 17, "blue"' });
  assert.notEqual(keyOf(requests[0]!), keyOf(requests[1]!));
  assert.equal(keyOf(requests[2]!), '"order 17, \\"blue\\""');
});

Deno.test("retries end, and the last failure is thrown with the key", async () => {
  const { tally, requests } = stubTally(broken, broken, broken, broken);
  const problem = await tally.tokens.deduct({ amount: 5 }, { idempotencyKey: "order-17" }).catch((error) => error);
  assert.equal(requests.length, 4);
  assert.deepEqual([problem.code, problem.status, problem.idempotencyKey], ["network_error", 0, "order-17"]);
  assert.equal(problem.cause, broken);
});

Deno.test("what may not be done twice is not sent again after a lost answer", async () => {
  const calls: ((tally: Tally) => Promise<unknown>)[] = [
    (tally) => tally.auth.signUp(person),
    (tally) => tally.auth.refresh({ refresh_token: "once" }),
    (tally) => tally.profile.remove(),
    (tally) => tally.profile.update({ profile_data: {} }, { ifMatch: '"17"' }),
  ];
  for (const call of calls) {
    for (const [answer, code] of [[broken, "network_error"], [down(), "upstream_unavailable"]] as const) {
      const { tally, requests } = stubTally(answer);
      await assert.rejects(call(tally), { code });
      assert.equal(requests.length, 1);
    }
  }
});

Deno.test("what certainly did nothing is sent again, whatever it was", async () => {
  const { tally, requests } = stubTally(
    refusal(429, "too_many_requests", {}, "0"),
    refusal(503, "request_expired", {}, "0"),
    Response.json({ token: 0 }),
  );
  await tally.auth.signIn(person);
  assert.equal(requests.length, 3);
});

Deno.test("other refusals are thrown at once", async () => {
  for (
    const [status, code, retry_after] of [
      [402, "insufficient_tokens"],
      [409, "hold_limit"],
      [429, "too_many_requests"],
      [429, "too_many_requests", "3600"],
      [500, "internal_error", "0"],
      [503, "misconfigured", "0"],
    ] as const
  ) {
    const { tally, requests } = stubTally(refusal(status, code, {}, retry_after));
    await assert.rejects(tally.tokens.deduct({ amount: 5 }), { code, status });
    assert.equal(requests.length, 1);
  }
});

Deno.test("a token is asked for before each attempt", async () => {
  const answers = [refusal(503, "wallet_busy", {}, "0"), done()];
  const sent: (string | null)[] = [];
  let asked = 0;
  const tally = createTally({
    url: "http://tally.test",
    publishableKey: "p",
    getAccessToken: () => `token ${++asked}`,
    fetch: (_, init) => {
      sent.push(new Headers(init?.headers).get("authorization"));
      return Promise.resolve(answers[sent.length - 1]!);
    },
  });
  await tally.tokens.deduct({ amount: 5 });
  assert.deepEqual(sent, ["Bearer token 1", "Bearer token 2"]);
});

Deno.test("an abort ends a call before it is sent, on its way and between two attempts", async () => {
  const reason = new Error("the page was left");
  const unsent = stubTally();
  await assert.rejects(unsent.tally.tokens.deduct({ amount: 5 }, { signal: AbortSignal.abort(reason) }), reason);
  assert.equal(unsent.requests.length, 0);

  const on_its_way = new AbortController();
  const { tally } = stubTally((request) => {
    const failed = new Promise<Response>((_, reject) => request.signal.addEventListener("abort", () => reject(broken)));
    on_its_way.abort(reason);
    return failed;
  });
  await assert.rejects(tally.auth.signUp(person, { signal: on_its_way.signal }), reason);

  const waiting = new AbortController();
  const busy = stubTally(() => {
    setTimeout(() => waiting.abort(reason));
    return refusal(503, "wallet_busy", {}, "20");
  });
  await assert.rejects(busy.tally.tokens.deduct({ amount: 5 }, { signal: waiting.signal }), reason);
  assert.equal(busy.requests.length, 1);
});

Deno.test("an attempt that is not answered in time counts as lost", async () => {
  const tally = createTally({
    url: "http://tally.test",
    publishableKey: "p",
    ...{ timeoutMs: 1, maxRetries: 1, retryDelayMs: 0 },
    fetch: (_, init) =>
      new Promise((_resolve, reject) => init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason))),
  });
  await assert.rejects(tally.payments.packs(), { code: "network_error", message: "No answer within 1 ms" });
});
