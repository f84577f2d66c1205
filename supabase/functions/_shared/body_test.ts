// Goal: what a client sends is what it meant. Method: a small app's routes, with odd queries, keys and times.
import assert from "node:assert/strict";
import * as z from "zod";
import { json, platform_environment } from "../_testing/upstream.ts";
import { createApp } from "./app.ts";
import { readBody, readQuery } from "./body.ts";
import { anyone } from "./caller.ts";
import { readIdempotencyKey } from "./idempotency.ts";
import { readPlatform } from "./settings.ts";
import { Time } from "./time.ts";

const app = createApp("things", readPlatform(platform_environment));
const Query = z.object({ limit: z.string().optional(), to: z.string().optional() });
app.get("/", anyone, (c) => c.json(readQuery(c, Query)));
app.post("/named", anyone, async (c) => c.json(await readBody(c, z.strictObject({ name: z.string() }))));
app.post("/", anyone, (c) => c.json({ key: readIdempotencyKey(c) ?? null }));

Deno.test("query parameters that nobody knows, and known ones given twice, are refused by name", async () => {
  assert.deepEqual(await (await app.request("/things?limit=5&to=x")).json(), { limit: "5", to: "x" });
  for (
    const [query, path, message] of [
      ["limt=1", "limt", "Unknown parameter"],
      ["limit=1&user", "user", "Unknown parameter"],
      ["__proto__=1", "__proto__", "Unknown parameter"],
      ["limit=1&to=x&limit=2", "limit", "Given more than once"],
    ]
  ) {
    const response = await app.request(`/things?${query}`);
    assert.equal(response.status, 422, query);
    assert.deepEqual((await response.json()).errors, [{ path, message }]);
  }
});

Deno.test("the region that supabase-js puts into the query is no parameter of ours", async () => {
  const response = await app.request("/things?limit=5&forceFunctionRegion=eu-west-1");
  assert.deepEqual(await response.json(), { limit: "5" });
});

Deno.test("a route that takes a body takes no query parameters", async () => {
  const post = async (query: string) => await app.request(`/things/named${query}`, json("POST", { name: "a" }));
  assert.deepEqual(await (await post("")).json(), { name: "a" });
  const refused = await post("?user_id=7");
  assert.equal(refused.status, 422);
  assert.equal((await refused.json()).errors[0].path, "user_id");
});

Deno.test("two Idempotency-Key headers are not taken for one key, and a quoted comma is", async () => {
  const send = async (...keys: string[]) => {
    const headers = new Headers();
    for (const key of keys) headers.append("idempotency-key", key);
    const response = await app.request("/things", { method: "POST", headers });
    return response.status === 200 ? (await response.json()).key : response.status;
  };
  assert.equal(await send("a"), "a");
  assert.equal(await send('"a, b"'), "a, b");
  assert.equal(await send("a", "b"), 422);
  assert.equal(await send('"a"', '"b"'), 422);
  assert.equal(await send("a, b"), 422);
});

Deno.test("times that Postgres does not take are refused, and those that it takes are not", () => {
  for (
    const time of [
      ...["0000-01-01T00:00:00Z", "2026-11-25T12:00:00+16:00", "2026-11-25T12:00:00-23:59", "2026-02-29T00:00:00Z"],
      ...[
        "2026-11-25T12:00:00",
        `2026-11-25T12:00:00.${"1".repeat(200)}Z`,
        "2026-11-25T24:00:00Z",
        "+12026-01-01T00:00Z",
      ],
    ]
  ) assert.equal(Time.safeParse(time).success, false, time);
  for (
    const time of [
      ...["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999-15:59", "2026-11-25T12:00:00+15:59"],
      ...["2026-11-25T12:00:00.123456+00:00", "2024-02-29T00:00:00Z"],
    ]
  ) assert.equal(Time.safeParse(time).success, true, time);
});
