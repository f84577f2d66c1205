import assert from "node:assert/strict";
import { asUser, json, platform_environment, user_id } from "../_testing/upstream.ts";
import { createApp } from "./app.ts";
import { anyone, user } from "./caller.ts";
import { Problem } from "./problem.ts";
import { readPlatform } from "./settings.ts";

const app = createApp("things", { ...readPlatform(platform_environment), max_body_bytes: 64 });
app.get("/:id", anyone, (c) => c.json({ id: c.req.param("id") }));
app.delete("/:id", user, (c) => c.body(null, 204));
app.post("/crash", anyone, () => {
  throw new Error("connection string postgres://secret");
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

Deno.test("every answer carries a request id, the client's own where it is a plain one", async () => {
  for (const path of ["/things/1", "/things/a/b", "/things/crash"]) {
    assert.match((await app.request(path)).headers.get("x-request-id")!, /^[\w-]{36}$/);
  }
  const own = await app.request("/things/a/b", { headers: { "x-request-id": "mine-1" } });
  assert.equal((await own.json()).request_id, "mine-1");
  const odd = await app.request("/things/a/b", { headers: { "x-request-id": "a b<script>" } });
  assert.notEqual(odd.headers.get("x-request-id"), "a b<script>");
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

/** Runs something and takes what it logs. */
async function logged(request: () => Response | Promise<Response>) {
  const { log, error } = console;
  const printed: string[] = [];
  console.log = console.error = (line: string) => printed.push(line);
  try {
    const response = await request();
    return { response, lines: printed.map((line) => JSON.parse(line)), text: printed.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}
