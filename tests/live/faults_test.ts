// Goal: a bad day gives 503 and nothing half-done. Method: a stack of this file's own whose parts are taken away.
import assert from "node:assert/strict";
import type { Stack, StackOptions } from "../../local/stack.ts";
import { ownStack } from "../support/own_stack.ts";

async function withStack(options: Partial<StackOptions>, run: (stack: Stack, lines: string[]) => Promise<void>) {
  const lines: string[] = [];
  await using stack = await ownStack({ log: (line) => lines.push(line), ...options });
  await run(stack, lines);
}

async function request(stack: Stack, method: string, path: string, body?: unknown, access_token?: string) {
  const response = await fetch(`${stack.url}/functions/v1${path}`, {
    method,
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(access_token !== undefined && { authorization: `Bearer ${access_token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

const credentials = () => ({ email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery" });

Deno.test("while Postgres is down every route answers 503, and afterwards all is as it was", async () => {
  await withStack({}, async (stack) => {
    const ada = credentials();
    const { body: { access_token } } = await request(stack, "POST", "/auth/signup", ada);
    await request(stack, "POST", "/tokens/add", { amount: 10 }, access_token);

    await stack.postgres.kill();
    for (
      const [method, path, body] of [
        ["POST", "/auth/signup", credentials()],
        ["POST", "/auth/signin", ada],
        ["GET", "/auth/user", undefined],
        ["GET", "/profile", undefined],
        ["POST", "/profile", { profile_data: {} }],
        ["GET", "/tokens", undefined],
        ["POST", "/tokens/deduct", { amount: 1 }],
        ["POST", "/tokens/holds", { amount: 1 }],
        ["GET", "/tokens/transactions.csv", undefined],
      ] as const
    ) {
      const answer = await request(stack, method, path, body, path.startsWith("/auth/sign") ? undefined : access_token);
      assert.equal(answer.status, 503, `${method} ${path}`);
      assert.equal(answer.body.code, "upstream_unavailable");
      assert.equal(answer.headers.get("retry-after"), "5");
    }

    await stack.postgres.restart();
    assert.equal((await request(stack, "GET", "/tokens", undefined, access_token)).body.token, 10);
    assert.equal((await request(stack, "POST", "/tokens/deduct", { amount: 1 }, access_token)).body.token, 9);
    assert.equal((await request(stack, "POST", "/auth/signin", ada)).status, 200);
  });
});

Deno.test("while Auth and REST hang every route gives up after 10 seconds with 503", async () => {
  // Takes connections and says nothing.
  const abort = new AbortController();
  const hanging = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: abort.signal, onListen: () => {} },
    () => new Promise<Response>(() => {}),
  );
  const abandoned: string[] = [];
  await withStack({ env: { SUPABASE_URL: `http://127.0.0.1:${hanging.addr.port}` } }, async (stack) => {
    const { body: session } = await (await fetch(`${stack.url}/auth/v1/signup`, {
      method: "POST",
      headers: { "content-type": "application/json", apikey: "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH" },
      body: JSON.stringify(credentials()),
    })).json().then((body) => ({ body }));
    const answers = await Promise.all([
      request(stack, "POST", "/auth/signin", credentials()),
      request(stack, "GET", "/profile", undefined, session.access_token),
      request(stack, "POST", "/tokens/deduct", { amount: 1 }, session.access_token),
    ]);
    for (const { status, body, headers } of answers) {
      abandoned.push(body.code);
      assert.equal(status, 503);
      assert.equal(headers.get("retry-after"), "5");
    }
  }).finally(() => abort.abort());
  await hanging.finished;
  assert.deepEqual(abandoned, Array(3).fill("upstream_unavailable"));
});

Deno.test("a function without a needed setting answers 503 and names the setting in its log alone", async () => {
  await withStack({ env: { SUPABASE_SECRET_KEYS: "", SUPABASE_JWKS: "{}" } }, async (stack, lines) => {
    for (const path of ["/auth/health", "/profile", "/tokens/add"]) {
      const { status, body } = await request(stack, "GET", path);
      assert.equal(status, 503, path);
      assert.equal(body.code, "misconfigured");
      assert.ok(!JSON.stringify(body).includes("SUPABASE_"));
    }
    assert.ok(lines.some((line) => line.includes("missing setting: SUPABASE_SECRET_KEYS, SUPABASE_JWKS")));
  });
});

Deno.test("without TOKENS_SELF_SERVICE_ADD=true users cannot credit themselves", async () => {
  await withStack({}, async (stack) => {
    const { body: { access_token } } = await request(stack, "POST", "/auth/signup", credentials());
    for (const value of ["", "TRUE", "1"]) {
      await stack.functions.get("tokens")!.restart({ ...stack.settings(), TOKENS_SELF_SERVICE_ADD: value });
      const answer = await request(stack, "POST", "/tokens/add", { amount: 10 }, access_token);
      assert.equal(answer.status, 403, value);
      assert.equal(answer.body.code, "purchase_required");
    }
  });
});

// For a known address lite answers 429 where Auth answers as for a new one: see auth/index_test.ts.
Deno.test("with e-mail confirmation a sign-up answers 202 and no session, and signin 403", async () => {
  await withStack({ auth: { email: { enable_confirmations: true } } }, async (stack) => {
    const ada = credentials();
    const signup = await request(stack, "POST", "/auth/signup", ada);
    assert.equal(signup.status, 202);
    assert.deepEqual(signup.body, { confirmation_required: true, email: ada.email });
    const signin = await request(stack, "POST", "/auth/signin", ada);
    assert.equal(signin.status, 403);
    assert.equal(signin.body.code, "email_not_confirmed");
  });
});

Deno.test("Postgres killed under a running stack is started again, which says so, and health tells", async () => {
  await withStack({}, async (stack, lines) => {
    const { body: { access_token } } = await request(stack, "POST", "/auth/signup", credentials());
    const health = async () => (await request(stack, "GET", "/tokens/health")).status;
    assert.equal(await health(), 200);

    const { pid } = stack.postgres;
    Deno.kill(pid, "SIGKILL");
    // It may be back before anybody notices that it was gone.
    while (!lines.includes("[postgres] is back")) await health();
    while (await health() !== 200);
    assert.notEqual(stack.postgres.pid, pid);
    assert.match(lines.find((line) => line.startsWith("[postgres] "))!, /ended by itself .*; starting it again$/);
    assert.equal((await request(stack, "POST", "/tokens/add", { amount: 3 }, access_token)).body.token, 3);

    // Deliberately killed it stays down until it is restarted.
    const told = lines.length;
    await stack.postgres.kill();
    while (await health() !== 503);
    await stack.postgres.restart();
    while (await health() !== 200);
    assert.deepEqual(lines.slice(told).filter((line) => line.startsWith("[postgres] ")), []);
  });
});
