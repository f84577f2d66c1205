import assert from "node:assert/strict";
import {
  asServer,
  asUser,
  json,
  platform_environment,
  publishable_key,
  stubUpstream,
  user_id,
} from "../_testing/upstream.ts";
import { readPlatform } from "../_shared/settings.ts";
import { createProfile } from "./index.ts";

const app = createProfile(readPlatform(platform_environment));

const created_at = "2026-11-23T12:00:00.123+00:00";
const row = (profile_data: unknown = { name: "Ada" }, updated_at = created_at) => ({
  user_id,
  profile_data,
  created_at,
  updated_at,
});

Deno.test("get answers the CV with an ETag, in one call, as the user", async () => {
  using upstream = stubUpstream(() => Response.json([row()]));
  const response = await app.request("/profile", { headers: await asUser() });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), row());
  const etag = response.headers.get("etag")!;
  assert.equal(etag, `"${Date.parse(created_at)}"`);
  assert.equal(upstream.calls.length, 1);
  assert.equal(upstream.calls[0]!.headers.get("apikey"), publishable_key);
  assert.match(upstream.calls[0]!.headers.get("authorization")!, /^Bearer ey/);
  const again = await app.request("/profile", { headers: { ...await asUser(), "if-none-match": etag } });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), "");
});

Deno.test("get and delete answer 404 where there is no CV", async () => {
  using _ = stubUpstream(() => Response.json([]));
  for (const method of ["GET", "DELETE"]) {
    const response = await app.request("/profile", { method, headers: await asUser() });
    assert.equal(response.status, 404);
    assert.equal((await response.json()).code, "profile_not_found");
  }
});

Deno.test("post answers 201 for a new CV and 200 for a replaced one, in one call", async () => {
  for (const [updated_at, status] of [[created_at, 201], ["2026-11-23T12:00:01+00:00", 200]] as const) {
    using upstream = stubUpstream(() => Response.json(row({ name: "Ada" }, updated_at)));
    const response = await app.request("/profile", json("POST", { profile_data: { name: "Ada" } }, await asUser()));
    assert.equal(response.status, status);
    assert.ok(response.headers.get("etag"));
    assert.equal(upstream.calls.length, 1);
    assert.match(upstream.calls[0]!.headers.get("prefer")!, /merge-duplicates/);
  }
});

Deno.test("put honours If-Match, in one call", async () => {
  using upstream = stubUpstream(() => Response.json([row()]));
  const put = async (if_match?: string) =>
    await app.request(
      "/profile",
      json("PUT", { profile_data: {} }, { ...await asUser(), ...(if_match !== undefined && { "if-match": if_match }) }),
    );
  const filter = () => new URLSearchParams(upstream.calls.at(-1)!.path.split("?")[1]).get("updated_at");
  assert.equal((await put()).status, 200);
  assert.equal(filter(), null);
  await put("*");
  assert.equal(filter(), null);
  await put('"1763899200123", "1763899200124"');
  assert.equal(filter(), "in.(2025-11-23T12:00:00.123Z,2025-11-23T12:00:00.124Z)");
  assert.equal(upstream.calls.length, 3);
  // Weak and foreign tags match nothing, which needs no database to tell.
  for (const tag of ['W/"1763899200123"', '"abc"', '"99999999999999"', ""]) assert.equal((await put(tag)).status, 412);
  assert.equal(upstream.calls.length, 3);
});

Deno.test("a condition that is no list of entity tags, or a list of more than 20, answers 422 and asks nobody", async () => {
  using upstream = stubUpstream(() => Response.json([row()]));
  const many = Array.from({ length: 21 }, (_, index) => `"${index}"`).join(", ");
  for (const name of ["if-match", "if-none-match"]) {
    for (const value of ["abc", '"1" "2"', '*, "1"', 'w/"1"', many, many.repeat(100)]) {
      for (const method of ["GET", "POST", "PUT", "DELETE"]) {
        const headers = { ...await asUser(), [name]: value };
        const init = method === "GET" || method === "DELETE"
          ? { method, headers }
          : json(method, { profile_data: {} }, headers);
        const response = await app.request("/profile", init);
        assert.equal(response.status, 422, `${method} ${name}: ${value}`);
        assert.equal((await response.json()).errors[0].path.toLowerCase(), name);
      }
    }
  }
  assert.equal(upstream.calls.length, 0);
});

Deno.test("the version that a write depends on goes into the statement that writes", async () => {
  using upstream = stubUpstream(() => Response.json([row()]));
  const version = '"1763899200123"';
  const time = "2025-11-23T12:00:00.123Z";
  for (
    const [method, headers, filter] of [
      ["POST", { "if-match": version }, `in.(${time})`],
      ["POST", { "if-none-match": `W/${version}` }, `not.in.(${time})`],
      ["PUT", { "if-none-match": `"abc", ${version}` }, `not.in.(${time})`],
      ["DELETE", { "if-match": version }, `in.(${time})`],
      ["DELETE", { "if-none-match": version }, `not.in.(${time})`],
    ] as const
  ) {
    const all = { ...await asUser(), ...headers } as Record<string, string>;
    const init = method === "DELETE" ? { method, headers: all } : json(method, { profile_data: {} }, all);
    await app.request("/profile", init);
    const { path, method: verb } = upstream.calls.at(-1)!;
    assert.equal(
      new URLSearchParams(path.split("?")[1]).get("updated_at"),
      filter,
      `${method} ${JSON.stringify(headers)}`,
    );
    assert.equal(verb, method === "DELETE" ? "DELETE" : "PATCH");
  }
  assert.equal(upstream.calls.length, 5);
});

Deno.test("what the table refuses to store is the caller's fault, not ours", async () => {
  using _ = stubUpstream(() => Response.json({ code: "23514", message: "prose", details: null }, { status: 400 }));
  for (const method of ["POST", "PUT"]) {
    const response = await app.request("/profile", json(method, { profile_data: {} }, await asUser()));
    assert.equal(response.status, 422);
    assert.equal((await response.json()).errors[0].path, "profile_data");
  }
});

Deno.test("put answers 404 without a CV, and 412 where If-Match does not hold", async () => {
  using _ = stubUpstream(() => Response.json([]));
  const plain = await app.request("/profile", json("PUT", { profile_data: {} }, await asUser()));
  assert.equal(plain.status, 404);
  const conditional = await app.request(
    "/profile",
    json("PUT", { profile_data: {} }, { ...await asUser(), "if-match": '"1"' }),
  );
  assert.equal(conditional.status, 412);
  assert.equal((await conditional.json()).code, "precondition_failed");
});

Deno.test("a CV goes to the database exactly as it was sent", async () => {
  using upstream = stubUpstream(() => Response.json(row()));
  const document = String
    .raw`{"__proto__":{"x":1},"":"","constructor":null,"n":[0.1,-0,1e2,9007199254740991,1.50],"s":"\u2028 😀 \\u0000"}`;
  const response = await app.request("/profile", {
    method: "POST",
    body: `{"profile_data":${document}}`,
    headers: { ...await asUser(), "content-type": "application/json; charset=utf-8" },
  });
  assert.equal(response.status, 201);
  assert.equal(JSON.stringify(upstream.calls[0]!.body.profile_data), JSON.stringify(JSON.parse(document)));
});

Deno.test("a CV that could not be kept exactly is refused, with the reason", async () => {
  using upstream = stubUpstream(() => Response.json(row()));
  const nested = (depth: number) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
  const cases: [string, RegExp | number][] = [
    [String.raw`{"a":"\u0000"}`, /NUL/],
    [String.raw`{"a\u0000":1}`, /NUL/],
    [String.raw`{"a":"\ud800"}`, /surrogate/],
    ['{"a":12345678901234567890}', /12345678901234567890/],
    ['{"a":0.1234567890123456789}', /digits/],
    ['{"a":1e400}', /1e400/],
    ['{"a":1e-400}', /1e-400/],
    [nested(65), /deeper/],
    [nested(5_000), /deeper/],
    ["[1]", /object/],
    ["null", /object/],
    ['"text"', /object/],
    [nested(8_000), /deeper/],
    ['{"a":1e308}', /1e308/],
    ['{"a":5e-324}', /5e-324/],
    [nested(64), 201],
    ['{"a":[1e21,1E-7,123456789012345680000,0.30000000000000004]}', 201],
  ];
  for (const [document, expected] of cases) {
    const response = await app.request("/profile", {
      method: "POST",
      body: `{"profile_data":${document}}`,
      headers: { ...await asUser(), "content-type": "application/json" },
    });
    if (expected instanceof RegExp) {
      assert.equal(response.status, 422, document.slice(0, 80));
      assert.match((await response.json()).errors[0].message, expected);
    } else assert.equal(response.status, expected, document.slice(0, 80));
  }
  assert.equal(upstream.calls.length, 2);
});

Deno.test("bodies that are no JSON object, of another type or too large answer 400, 415, 422 or 413", async () => {
  using upstream = stubUpstream(() => Response.json(row()));
  const send = async (body: BodyInit, content_type: string | null = "application/json") =>
    await app.request("/profile", {
      method: "POST",
      body,
      headers: { ...await asUser(), ...(content_type !== null && { "content-type": content_type }) },
    });
  assert.equal((await send("{")).status, 400);
  assert.equal((await send("")).status, 400);
  assert.equal((await send(new Uint8Array([0x22, 0xff, 0x22]))).status, 400);
  assert.equal((await send("a=b", "application/x-www-form-urlencoded")).status, 415);
  assert.equal((await send("{}", "text/plain")).status, 415);
  assert.equal((await send("[]")).status, 422);
  assert.equal((await send("{}")).status, 422);
  const large = JSON.stringify({ profile_data: { text: "x".repeat(256 * 1024) } });
  const refused = await send(large);
  assert.equal(refused.status, 413);
  assert.equal((await refused.json()).code, "body_too_large");
  const fits = JSON.stringify({ profile_data: { text: "x".repeat(256 * 1024 - 32) } });
  assert.equal((await send(fits)).status, 201);
  assert.equal(upstream.calls.length, 1);
});

Deno.test("a body without a length is cut off at the limit", async () => {
  using upstream = stubUpstream(() => Response.json(row()));
  let sent_chunks = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent_chunks++;
      controller.enqueue(new Uint8Array(16 * 1024).fill(0x20));
    },
  });
  const response = await app.request("/profile", {
    method: "POST",
    body: endless,
    headers: { ...await asUser(), "content-type": "application/json" },
  });
  assert.equal(response.status, 413);
  assert.ok(sent_chunks < 40);
  assert.equal(upstream.calls.length, 0);
});

Deno.test("every route but health takes a signed-in user, and no server", async () => {
  for (const { method, path } of app.routes.filter((route) => route.method !== "ALL")) {
    for (const headers of [{}, asServer]) {
      const response = await app.request(path, { method, headers: headers as Record<string, string> });
      assert.equal(response.status, path === "/profile/health" ? 503 : 401, `${method} ${path}`);
    }
  }
});
