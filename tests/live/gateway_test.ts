// Goal: Auth, REST and the gateway answer as the platform's do. Method: raw requests, as a browser on another origin and
// a client of PostgREST make them.
import assert from "node:assert/strict";
import { newUser, publishable_key, sql, stack } from "../support/stack.ts";

const origin = "http://localhost:3000";
const asked = "apikey,authorization,content-type,x-client-info,x-supabase-api-version";

Deno.test("a browser on another origin may send what supabase-js sends, wherever the gateway leads", async () => {
  for (
    const path of [
      "/auth/v1/signup",
      "/auth/v1/token?grant_type=password",
      "/auth/v1/.well-known/jwks.json",
      "/rest/v1/token_balances?select=token",
      "/rest/v1/rpc/adjust_tokens",
      "/functions/v1/tokens/deduct",
      "/functions/v1/auth/signup",
      "/nowhere",
    ]
  ) {
    const { status, headers } = await fetch(stack.url + path, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": asked },
    });
    assert.ok(status === 200 || status === 204, `${path}: ${status}`);
    assert.equal(headers.get("access-control-allow-origin"), "*", path);
    assert.match(headers.get("access-control-allow-methods")!, /POST/, path);
    const allowed = headers.get("access-control-allow-headers")!.toLowerCase().split(/, */);
    assert.deepEqual(asked.split(",").filter((name) => !allowed.includes(name)), [], path);
  }
});

Deno.test("pages of another origin can read every answer of the gateway, refusals too", async () => {
  const headers = { origin, apikey: publishable_key };
  for (
    const [method, path, status, more] of [
      ["POST", "/auth/v1/token?grant_type=password", 400, { "content-type": "application/json" }],
      ["GET", "/auth/v1/user", 403, { authorization: "Bearer forged" }],
      ["GET", "/rest/v1/token_balances", 401, { authorization: "Bearer forged" }],
      ["GET", "/rest/v1/nowhere", 404, {}],
      ["GET", "/functions/v1/nowhere", 404, {}],
      ["GET", "/functions/v1/tokens", 401, {}],
      ["GET", "/nowhere", 404, {}],
    ] as const
  ) {
    const body = method === "POST" ? JSON.stringify({ email: "nobody@example.com", password: "x" }) : undefined;
    const response = await fetch(stack.url + path, {
      method,
      headers: { ...headers, ...more },
      ...(body !== undefined && { body }),
    });
    await response.body?.cancel();
    assert.equal(response.status, status, path);
    assert.equal(response.headers.get("access-control-allow-origin"), "*", path);
  }
});

Deno.test("an error of the database is answered through REST as PostgREST answers it", async () => {
  const user = await newUser();
  // A trigger, since REST learns of functions at its start alone.
  await sql.unsafe(`
    create function private.raise_for_test() returns trigger language plpgsql as $$
    begin
      raise exception 'as it happened'
        using errcode = new.profile_data ->> 'sqlstate', detail = 'more', hint = 'do this';
    end;
    $$;
    create trigger raise_for_test before insert on public.profiles
      for each row when (new.user_id = '${user.id}') execute function private.raise_for_test();
  `);
  try {
    for (
      const [sqlstate, status] of [
        ["23514", 400],
        ["40P01", 500],
        ["53300", 503],
        ["54001", 500],
        ["55P03", 500],
        ["57014", 500],
        ["P0001", 400],
        ["PT409", 409],
        ["22003", 400],
      ] as const
    ) {
      const answer = await user.call("POST", "/rest/v1/profiles", {
        body: { user_id: user.id, profile_data: { sqlstate } },
      });
      assert.equal(answer.status, status, `${sqlstate}: ${answer.text}`);
      assert.deepEqual(answer.body, { code: sqlstate, message: "as it happened", details: "more", hint: "do this" });
    }
  } finally {
    await sql`drop function private.raise_for_test() cascade`;
  }
});

Deno.test("a table check that a client runs into is named in the answer", async () => {
  const user = await newUser();
  await sql`alter table public.profiles add constraint check_of_test check (profile_data <> '{"refused": true}')`;
  try {
    const { status, body } = await user.call("POST", "/rest/v1/profiles", {
      body: { user_id: user.id, profile_data: { refused: true } },
    });
    assert.deepEqual([status, body.code], [400, "23514"]);
    assert.match(body.message, /check_of_test/);
  } finally {
    await sql`alter table public.profiles drop constraint check_of_test`;
  }
});

/** Asks with a path as it is written, which `fetch` would tidy up. Returns the status and the whole answer. */
async function askRaw(method: string, path: string): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(stack.url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${hostname}:${port}`, "connection: close", "", ""];
  await connection.write(new TextEncoder().encode(lines.join("\r\n")));
  const text = await new Response(connection.readable).text();
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]), text };
}

Deno.test("what pages are made of is served with its type and a policy that lets nothing else in", async () => {
  for (
    const [path, type] of [
      ["/", "text/html; charset=utf-8"],
      ["/docs/", "text/html; charset=utf-8"],
      ["/docs/page.js", "text/javascript; charset=utf-8"],
      ["/docs/icon.svg", "image/svg+xml"],
      ["/docs/openapi.json", "application/json"],
      ["/docs/settings.json", "application/json"],
      ["/client/index.js", "text/javascript; charset=utf-8"],
      ["/vendor/standalone.module.js", "text/javascript; charset=utf-8"],
      ["/vendor/pico.min.css", "text/css; charset=utf-8"],
      ["/vendor/uPlot.esm.js", "text/javascript; charset=utf-8"],
      ["/vendor/uPlot.min.css", "text/css; charset=utf-8"],
      ["/vendor/supabase.js", "text/javascript; charset=utf-8"],
      ["/vendor/swagger-ui.css", "text/css; charset=utf-8"],
      ["/vendor/swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
    ] as const
  ) {
    const read = await fetch(stack.url + path);
    const size = (await read.bytes()).length;
    const head = await fetch(stack.url + path, { method: "HEAD" });
    for (const { status, headers } of [read, head]) {
      assert.deepEqual([status, headers.get("content-type")], [200, type], path);
      assert.match(headers.get("content-security-policy")!, /^default-src 'self';(?!.*unsafe)/, path);
      assert.equal(headers.get("x-content-type-options"), "nosniff", path);
      assert.equal(Number(headers.get("content-length")), size, path);
    }
  }
});

Deno.test("a page's folder without its slash leads to the page, with its query", async () => {
  const { status, headers } = await fetch(`${stack.url}/docs?tag=1`, { redirect: "manual" });
  assert.deepEqual([status, headers.get("location")], [302, "/docs/?tag=1"]);
});

Deno.test("no path leads out of the pages' folders, and what is no part of a page is not found", async () => {
  for (
    const path of [
      "/docs/../../deno.json",
      "/docs/%2e%2e/%2e%2e/deno.json",
      "/docs/..%2f..%2fdeno.json",
      "/docs/%2e%2e%2fapi.md",
      "/docs/..\\..\\deno.json",
      "/docs//index.html",
      "/docs/.git",
      "/docs/nothing.js",
      "/docs/index.html/x.js",
      `/docs/${"x".repeat(300)}.js`,
      "/client/../deno.json",
      "/client/index_test.ts",
      "/client/package.json",
      "/client/_testing/stub.ts",
      "/client/",
      "/vendor/",
      "/vendor/axe.min.js",
      "/vendor/__proto__",
      "/vendor/constructor.js",
      "/wallet/..%5c..%5cdeno.json",
      "/wallet/%00.js",
      "/desk/nothing.html",
    ]
  ) {
    const { status, text } = await askRaw("GET", path);
    assert.equal(status, 404, `${path}: ${text}`);
    assert.doesNotMatch(text, /"tasks"|"imports"/, path);
  }
});

Deno.test("a page is read: other methods are refused, saying which are not", async () => {
  for (const path of ["/", "/docs/", "/docs/settings.json", "/client/index.js", "/vendor/pico.min.css"]) {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const response = await fetch(stack.url + path, { method });
      await response.body?.cancel();
      assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD"], `${method} ${path}`);
    }
  }
});
