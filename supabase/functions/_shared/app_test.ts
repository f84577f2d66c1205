import assert from "node:assert/strict";
import { asServer, asUser, json, platform_environment, user_id } from "../_testing/upstream.ts";
import { logged } from "../_testing/log.ts";
import { createApp } from "./app.ts";
import { accountOf, anyone, user, userOrServer } from "./caller.ts";
import { Problem } from "./problem.ts";
import { readPlatform } from "./settings.ts";

const app = createApp("things", { ...readPlatform(platform_environment), max_body_bytes: 64 });
app.get("/:id", anyone, (c) => c.json({ id: c.req.param("id") }));
app.delete("/:id", user, (c) => c.body(null, 204));
app.post("/crash", anyone, () => {
  throw new Error("connection string postgres://secret");
});
app.post("/for/:account", userOrServer, (c) => {
  accountOf(c, c.req.param("account"));
  throw new Problem("insufficient_tokens");
});
app.post("/noted", anyone, (c) => {
  c.set("note", "2 findings");
  return c.json({});
});
app.post("/refuse", anyone, () => {
  throw new Problem("balance_limit", { headers: { "x-more": "1" } });
});

Deno.test("an unknown route answers 404 as problem details", async () => {
  const response = await app.request("/things/a/b");
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal((await response.json()).type, "urn:tally:problem:not_found");
});

Deno.test("a wrong method answers 405 with the methods there are", async () => {
  const response = await app.request("/things/1", { method: "PUT" });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "GET, HEAD, DELETE");
  assert.equal((await response.json()).code, "method_not_allowed");
});

Deno.test("HEAD answers like GET, without a body", async () => {
  const response = await app.request("/things/1", { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "");
});

Deno.test("an unexpected failure answers a bland 500, and its reason goes to the log", async () => {
  const { response, lines } = await logged(() => app.request("/things/crash", { method: "POST" }));
  assert.equal(response.status, 500);
  const text = await response.text();
  assert.ok(!text.includes("secret") && !text.includes("postgres"));
  assert.equal(JSON.parse(text).code, "internal_error");
  assert.match(lines[0].error, /connection string/);
});

Deno.test("every answer carries a request id of ours; the client's own stands beside it in the log", async () => {
  for (const path of ["/things/1", "/things/a/b", "/things/crash"]) {
    assert.match((await app.request(path)).headers.get("x-request-id")!, /^[\w-]{36}$/);
  }
  for (const [name, kept] of [["mine 1", "mine 1"], ["x".repeat(129), undefined], ["\u00fc", undefined]] as const) {
    const headers = { "x-request-id": name };
    const { response, lines } = await logged(() => app.request("/things/a/b", { headers }));
    const { request_id } = await response.json();
    assert.match(request_id, /^[\w-]{36}$/);
    assert.equal(response.headers.get("x-request-id"), request_id);
    assert.equal(lines[0].id, request_id);
    assert.equal(lines[0].client_request_id, kept);
  }
});

Deno.test("browsers may call from anywhere, and read errors too", async () => {
  const preflight = await app.request("/things/1", {
    method: "OPTIONS",
    headers: {
      origin: "https://app.example",
      "access-control-request-method": "PUT",
      "access-control-request-headers": "authorization, x-client-info, apikey, content-type, idempotency-key",
    },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
  assert.match(preflight.headers.get("access-control-allow-methods")!, /PUT.*DELETE/);
  assert.match(preflight.headers.get("access-control-allow-headers")!, /apikey.*idempotency-key/);
  for (
    const [path, method] of [["/things/a/b", "GET"], ["/things/refuse", "POST"], ["/things/crash", "POST"]] as const
  ) {
    const { response } = await logged(() => app.request(path, { method, headers: { origin: "https://app.example" } }));
    assert.equal(response.headers.get("access-control-allow-origin"), "*", path);
    assert.match(response.headers.get("access-control-expose-headers")!, /x-request-id/);
  }
});

Deno.test("a problem keeps the headers it was given", async () => {
  const response = await app.request("/things/refuse", { method: "POST" });
  assert.equal(response.status, 422);
  assert.equal(response.headers.get("x-more"), "1");
});

Deno.test("a body over the limit answers 413", async () => {
  const response = await app.request("/things/refuse", json("POST", { text: "x".repeat(64) }));
  assert.equal(response.status, 413);
  assert.match((await response.json()).detail, /64 bytes/);
});

Deno.test("a request is one JSON line with ids, and without tokens, addresses or bodies", async () => {
  const headers = await asUser();
  const { lines, text } = await logged(() =>
    app.request("/things/17?email=ada@example.com", { method: "DELETE", body: "a CV", headers })
  );
  assert.equal(lines.length, 1);
  const { id, ms, ...line } = lines[0];
  assert.match(id, /^[\w-]{36}$/);
  assert.equal(typeof ms, "number");
  assert.deepEqual(line, { route: "DELETE /things/:id", status: 204, code: null, caller: "user", account: user_id });
  for (const secret of [headers.authorization.slice(7), "ada@example.com", "a CV"]) assert.ok(!text.includes(secret));
});

Deno.test("the line of a refused request tells the code, who called and whose account it was about", async () => {
  const lineOf = async (path: string, init: RequestInit) =>
    (await logged(() => app.request(path, init))).lines.map(({ status, code, caller, account, error }) => (
      { status, code, caller, account, ...(error !== undefined && { error }) }
    ))[0];
  const nobody = { caller: "anyone", account: null };
  assert.deepEqual(await lineOf("/things/refuse", { method: "POST" }), {
    status: 422,
    code: "balance_limit",
    ...nobody,
  });
  assert.deepEqual(await lineOf("/things/a/b", {}), { status: 404, code: "not_found", ...nobody });
  assert.deepEqual(await lineOf("/things/1", { method: "PUT" }), {
    status: 405,
    code: "method_not_allowed",
    ...nobody,
  });
  assert.deepEqual(await lineOf("/things/1", { method: "DELETE" }), { status: 401, code: "unauthorized", ...nobody });
  assert.deepEqual(
    await lineOf("/things/for/7f", { method: "POST", headers: asServer }),
    { status: 402, code: "insufficient_tokens", caller: "server", account: "7f" },
  );
  assert.deepEqual(
    await lineOf("/things/1", { method: "DELETE", headers: asServer }),
    { status: 401, code: "unauthorized", caller: "server", account: null },
  );
});

Deno.test("what is remarkable about a good answer is logged as a note, not as an error", async () => {
  const { lines } = await logged(() => app.request("/things/noted", { method: "POST" }));
  const [{ note, error }] = lines;
  assert.deepEqual({ note, error }, { note: "2 findings", error: undefined });
});
