// Goal: histories come whole, whatever the REST service's row limit. Method: a stub upstream that holds a ledger and
// gives fewer rows than it is asked for.
import assert from "node:assert/strict";
import { asServer, asUser, platform_environment, stubUpstream, user_id } from "../_testing/upstream.ts";
import { createTokens } from "./index.ts";
import { readTokensSettings } from "./settings.ts";

const app = createTokens(readTokensSettings(platform_environment));

const created_at = "2026-11-23T12:00:00.123+00:00";
const entry = (id: number) => ({
  id,
  amount: -1,
  balance_after: id,
  held_after: 0,
  debt_change: 0,
  debt_after: 0,
  kind: "deduct",
  hold_id: null,
  purchase_id: null,
  reference: `n${id}`,
  metadata: {},
  created_at,
});

/** Answers from a ledger with the entries 1 to `count`, `row_limit` rows at most. */
function stubLedger(count: number, row_limit: number) {
  return stubUpstream(({ body: { p_limit, p_before_id = Infinity, p_after_id } }) => {
    const ids = Array.from({ length: count }, (_, index) => index + 1)
      .filter((id) => id < p_before_id && id > (p_after_id ?? 0));
    if (p_after_id === undefined) ids.reverse();
    return Response.json(ids.slice(0, Math.min(p_limit, row_limit)).map(entry));
  });
}

Deno.test("transactions come in pages with a cursor, filtered by kind, in one call", async () => {
  using upstream = stubUpstream(() => Response.json([entry(9), entry(8), entry(7)]));
  const response = await app.request("/tokens/transactions?limit=2&cursor=10&kind=deduct", {
    headers: await asUser(),
  });
  const page = await response.json();
  assert.deepEqual(page.transactions.map((entry: { id: number }) => entry.id), [9, 8]);
  assert.equal(page.next_cursor, "8");
  assert.equal(upstream.calls.length, 1);
  assert.deepEqual(upstream.calls[0]!.body, { p_user_id: user_id, p_limit: 3, p_before_id: 10, p_kind: "deduct" });
  for (const bad of ["limit=0", "limit=101", "limit=x", "cursor=0", "cursor=-1", "cursor=abc", "kind=gift"]) {
    assert.equal((await app.request(`/tokens/transactions?${bad}`, { headers: await asUser() })).status, 422, bad);
  }
});

Deno.test("a history is read to its end page by page where the REST service gives fewer rows than asked for", async () => {
  for (
    const [count, row_limit] of [[25, 3], [25, 10], [25, 11], [20, 10], [25, 1_000], [0, 10], [10, 1_000]] as const
  ) {
    using _ = stubLedger(count, row_limit);
    const ids: number[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const path: string = `/tokens/transactions?limit=10${cursor && `&cursor=${cursor}`}`;
      const page = await (await app.request(path, { headers: await asUser() })).json();
      assert.ok(page.transactions.length > 0 || count === 0, "no page but the first of an empty history is empty");
      ids.push(...page.transactions.map(({ id }: { id: number }) => id));
      cursor = page.next_cursor;
    }
    assert.deepEqual(ids, Array.from({ length: count }, (_, index) => count - index), `${count} by ${row_limit}`);
  }
});

Deno.test("a CSV file holds every entry, and no page is asked for twice, whatever the row limit", async () => {
  for (const [count, row_limit] of [[1_500, 500], [1_500, 1_000], [2_000, 1_000], [7, 3], [0, 1_000]] as const) {
    using upstream = stubLedger(count, row_limit);
    const response = await app.request("/tokens/transactions.csv", { headers: await asUser() });
    const lines = (await response.text()).trimEnd().split("\r\n").slice(1);
    assert.deepEqual(
      lines.map((line) => Number(line.split(",")[0])),
      Array.from({ length: count }, (_, index) => index + 1),
      `${count} by ${row_limit}`,
    );
    assert.equal(upstream.calls.length, Math.ceil(count / row_limit) + 1);
  }
});

Deno.test("a CSV file takes the filters of the history, for the account that a server names", async () => {
  using upstream = stubUpstream(() => Response.json([]));
  const filter = `kind=add&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z`;
  const response = await app.request(`/tokens/transactions.csv?user_id=${user_id}&${filter}`, { headers: asServer });
  assert.equal(response.status, 200);
  assert.deepEqual(upstream.calls[0]!.body, {
    p_user_id: user_id,
    p_limit: 1_000,
    p_after_id: 0,
    p_kind: "add",
    p_from: "2026-01-01T00:00:00Z",
    p_to: "2026-02-01T00:00:00Z",
  });
});

Deno.test("a time that the database cannot hold answers 422", async () => {
  using upstream = stubUpstream(() => Response.json([]));
  for (const time of ["0000-01-01T00:00:00Z", "2026-01-01T00:00:00+23:59", "2026-01-01T00:00:00-16:00", "yesterday"]) {
    for (const query of ["balance_at?time", "transactions?from", "transactions?to", "transactions.csv?from"]) {
      const path = `/tokens/${query}=${encodeURIComponent(time)}`;
      assert.equal((await app.request(path, { headers: await asUser() })).status, 422, path);
    }
  }
  assert.equal(upstream.calls.length, 0);
});
