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
