// Goal: lists of holds come whole, whatever the REST service's row limit. Method: a stub upstream that gives fewer rows
// than it is asked for.
import assert from "node:assert/strict";
import { asUser, platform_environment, stubUpstream } from "../_testing/upstream.ts";
import { createTokens } from "./index.ts";
import { readTokensSettings } from "./settings.ts";

const app = createTokens(readTokensSettings(platform_environment));

const hold = (index: number) => ({
  id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
  created_at: new Date(1_780_000_000_000 + index).toISOString(),
});

Deno.test("holds are read to their end page by page where the REST service gives fewer rows than asked for", async () => {
  for (const row_limit of [1, 3, 10, 1_000]) {
    using _ = stubUpstream(({ body: { p_limit, p_before_id } }) => {
      const holds = Array.from({ length: 25 }, (_, index) => 24 - index)
        .filter((index) => p_before_id === undefined || hold(index).id < p_before_id);
      return Response.json(holds.slice(0, Math.min(p_limit, row_limit)).map(hold));
    });
    const ids: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const path: string = `/tokens/holds?limit=10${cursor && `&cursor=${cursor}`}`;
      const page = await (await app.request(path, { headers: await asUser() })).json();
      ids.push(...page.holds.map(({ id }: { id: string }) => id));
      cursor = page.next_cursor;
    }
    assert.deepEqual(ids, Array.from({ length: 25 }, (_, index) => hold(24 - index).id), String(row_limit));
  }
});
