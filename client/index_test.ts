// Goal: a method of the client is one request of the API, and its answer. Method: an injected fetch.
import assert from "node:assert/strict";
import { adjustment, refusal, stubTally } from "./_testing/stub.ts";
import { createTally, TallyProblem } from "./index.js";

const entry = { id: 1, amount: 5, kind: "add" };
const cv = { user_id: "u", profile_data: { name: "Ada" }, created_at: "t", updated_at: "t" };

Deno.test("a user's write goes to its route with the token, the publishable key and its input as the body", async () => {
  const { tally, requests } = stubTally(Response.json(adjustment));
  assert.deepEqual(await tally.tokens.deduct({ amount: 5, reference: "export" }), adjustment);
  const { method, url, headers } = requests[0]!;
  assert.equal(`${method} ${url}`, "POST http://tally.test/functions/v1/tokens/deduct");
  assert.equal(headers.get("authorization"), "Bearer token");
  assert.equal(headers.get("apikey"), "sb_publishable_1");
  assert.deepEqual(await requests[0]!.json(), { amount: 5, reference: "export" });
});

Deno.test("a server's call has its secret key and no token, and what a path names goes into it", async () => {
  const { server, requests } = stubTally(Response.json({ ...adjustment, amount: 5 }));
  await server.tokens.reverse({ id: 7, user_id: "u", reason: "twice", actor: "grace" });
  const { url, headers } = requests[0]!;
  assert.equal(url, "http://tally.test/functions/v1/tokens/transactions/7/reversal");
  assert.equal(headers.get("apikey"), "sb_secret_1");
  assert.equal(headers.get("authorization"), null);
  assert.deepEqual(await requests[0]!.json(), { user_id: "u", reason: "twice", actor: "grace" });
});

Deno.test("the input of a read goes into the query, without what is undefined", async () => {
  const { server, requests } = stubTally(Response.json({ holds: [], next_cursor: null }));
  await server.tokens.holds({ user_id: "u", status: "held", cursor: undefined as unknown as string });
  assert.equal(requests[0]!.url, "http://tally.test/functions/v1/tokens/holds?user_id=u&status=held");
});

Deno.test("routes for anyone are called without asking for a token", async () => {
  const tally = createTally({
    url: "http://tally.test",
    publishableKey: "p",
    getAccessToken: () => assert.fail("nobody is signed in"),
    fetch: () => Promise.resolve(Response.json({ packs: [] })),
  });
  assert.deepEqual(await tally.payments.packs(), { packs: [] });
});

Deno.test("a call of nobody signed in goes out without a token, and its refusal is thrown", async () => {
  const tally = createTally({
    url: "http://tally.test",
    publishableKey: "p",
    getAccessToken: () => Promise.resolve(null),
    fetch: (_, init) => {
      assert.ok(!new Headers(init?.headers).has("authorization"));
      return Promise.resolve(refusal(401, "unauthorized"));
    },
  });
  await assert.rejects(tally.tokens.balance(), { name: "TallyProblem", code: "unauthorized", status: 401 });
});

Deno.test("a CV comes with its etag, which the next write can name", async () => {
  const { tally, requests } = stubTally(
    Response.json(cv, { headers: { etag: '"17"' } }),
    Response.json(cv, { headers: { etag: '"18"' } }),
    new Response(null, { status: 204 }),
  );
  const { etag } = await tally.profile.read();
  const saved = await tally.profile.save({ profile_data: { name: "Ada" } }, { ifMatch: etag });
  assert.equal(requests[1]!.headers.get("if-match"), '"17"');
  assert.equal(await tally.profile.remove({}, { ifMatch: saved.etag }), undefined);
  assert.equal(requests[2]!.headers.get("if-match"), '"18"');
});

Deno.test("a refusal is thrown with its code, its members and the key that it was sent with", async () => {
  const { tally } = stubTally(refusal(402, "insufficient_tokens", { token: 3 }));
  const problem = await tally.tokens.deduct({ amount: 5 }, { idempotencyKey: "order-17" }).catch((error) => error);
  assert.ok(problem instanceof TallyProblem);
  assert.equal(problem.message, "insufficient_tokens!");
  const { code, status, token, request_id, idempotencyKey } = problem;
  assert.deepEqual({ code, status, token, request_id, idempotencyKey }, {
    ...{ code: "insufficient_tokens", status: 402, token: 3, request_id: "r1", idempotencyKey: "order-17" },
  });
});

Deno.test("a code that this version does not know is thrown as any other", async () => {
  const { tally } = stubTally(refusal(409, "moon_is_full"));
  await assert.rejects(tally.tokens.balance(), { name: "TallyProblem", code: "moon_is_full", status: 409 });
});

Deno.test("what did not come from Tally is no data: a page of a proxy, a cut body, a bare error", async () => {
  const html = (status: number) =>
    new Response("<p>Sign in to the wifi</p>", { status, headers: { "content-type": "text/html" } });
  const cut = new Response('{"token":4', { headers: { "content-type": "application/json" } });
  for (const answer of [html(200), html(502), cut, Response.json({ message: "no function" }, { status: 404 })]) {
    const { tally } = stubTally(answer);
    await assert.rejects(tally.tokens.balance(), { code: "unexpected_answer", status: answer.status });
  }
});

Deno.test("a CSV file is text", async () => {
  const { tally } = stubTally(new Response("id,kind\n", { headers: { "content-type": "text/csv; charset=utf-8" } }));
  assert.equal(await tally.tokens.transactionsCsv(), "id,kind\n");
});

Deno.test("all() goes from page to page, with kinds of entries that this version does not know", async () => {
  const { tally, requests } = stubTally(
    Response.json({ transactions: [entry, { ...entry, id: 2, kind: "gift" }], next_cursor: "c1" }),
    Response.json({ transactions: [{ ...entry, id: 3 }], next_cursor: null }),
  );
  const seen: string[] = [];
  for await (const { id, kind } of tally.tokens.transactions.all({ limit: 2 })) seen.push(`${id} ${kind}`);
  assert.deepEqual(seen, ["1 add", "2 gift", "3 add"]);
  assert.deepEqual(requests.map(({ url }) => new URL(url).search), ["?limit=2", "?limit=2&cursor=c1"]);
});

Deno.test("all() asks for no page that is not wanted", async () => {
  const { tally, requests } = stubTally(Response.json({ transactions: [entry], next_cursor: "c1" }));
  for await (const _ of tally.tokens.transactions.all()) break;
  assert.equal(requests.length, 1);
});

Deno.test("the types refuse what the API would refuse", () => {
  const { tally } = stubTally();
  const never_called = [
    // @ts-expect-error An amount is required.
    () => tally.tokens.deduct({}),
    // @ts-expect-error A hold has an id.
    () => tally.tokens.capture({ amount: 5 }),
    // @ts-expect-error There is no such field.
    () => tally.tokens.balance({ currency: "eur" }),
    // @ts-expect-error Reads take no key.
    () => tally.tokens.balance({}, { idempotencyKey: "order-17" }),
    // @ts-expect-error There is no such operation.
    () => tally.tokens.steal({ amount: 5 }),
    // @ts-expect-error A client acts for one user, or is a server's.
    () => createTally({ url: "", publishableKey: "", secretKey: "" }),
    // @ts-expect-error Where an address must be confirmed, there is no session yet.
    async () => (await tally.auth.signUp({ email: "", password: "" })).access_token,
  ];
  assert.equal(never_called.length, 7);
});
