// Goal: what the database refuses for a lock's sake has no effect later. Method: its answers stubbed, headers read.
import assert from "node:assert/strict";
import { platform_environment, stubUpstream, user_id } from "../_testing/upstream.ts";
import { connect, unwrap } from "./clients.ts";
import { Problem } from "./problem.ts";
import { readPlatform } from "./settings.ts";

const { platform } = readPlatform(platform_environment);
const database = connect(platform, platform.secret_key);
const write = async () => unwrap(await database.rpc("open_wallet", { p_user_id: user_id }).single());
const refusal = (code: string, status = 500) => Response.json({ code, message: "prose", details: null }, { status });
const codeOf = (error: unknown) => error instanceof Problem ? error.code : error;

Deno.test("a write says until when it may begin, five seconds from now, and a read does not", async () => {
  using upstream = stubUpstream(() => Response.json([]));
  const before_ms = Date.now();
  await database.from("profiles").delete().eq("user_id", user_id);
  await database.from("profiles").select("user_id");
  const [written, read] = upstream.calls.map(({ headers }) => headers.get("x-request-deadline"));
  assert.ok(Number(written) >= before_ms + 5_000 && Number(written) <= Date.now() + 5_000, written!);
  assert.equal(read, null);
});

Deno.test("where it is set so, the database is told to ask for the second factor", async () => {
  for (const [setting, header] of [["true", "true"], ["false", null], [undefined, null]] as const) {
    using upstream = stubUpstream(() => Response.json([]));
    const { platform } = readPlatform({ ...platform_environment, REQUIRE_AAL2: setting });
    await connect(platform, platform.secret_key).rpc("open_wallet", { p_user_id: user_id });
    assert.equal(upstream.calls[0]!.headers.get("x-require-aal2"), header);
  }
});

Deno.test("a write that a deadlock or a locked row ended is repeated twice, with the deadline that it had", async () => {
  for (const code of ["40P01", "55P03"]) {
    using upstream = stubUpstream(() => refusal(code));
    await assert.rejects(write, (error) => codeOf(error) === "wallet_busy");
    assert.equal(upstream.calls.length, 3);
    assert.equal(new Set(upstream.calls.map(({ headers }) => headers.get("x-request-deadline"))).size, 1);
    assert.equal(new Set(upstream.calls.map(({ body }) => JSON.stringify(body))).size, 1);
  }
});

Deno.test("a write that goes through when it is repeated is answered as if nothing had been", async () => {
  const balance = { token: 1, held: 0, debt: 0, updated_at: "2026-11-23T12:00:00+00:00" };
  let answers = 0;
  using _ = stubUpstream(() => answers++ === 0 ? refusal("40P01") : Response.json(balance));
  assert.deepEqual(await write(), balance);
});

Deno.test("nothing else is repeated", async () => {
  for (const answer of [() => refusal("57014"), () => refusal("XX000"), () => new Response("down", { status: 502 })]) {
    using upstream = stubUpstream(answer);
    await assert.rejects(write);
    assert.equal(upstream.calls.length, 1);
  }
});

Deno.test("a statement that was cancelled is a busy wallet, and a deadline that passed says so", async () => {
  using _ = stubUpstream(({ body }) =>
    body.p_user_id === user_id
      ? refusal("57014")
      : Response.json({ code: "PT503", message: "request_expired", details: null }, { status: 503 })
  );
  await assert.rejects(write, (error) => codeOf(error) === "wallet_busy");
  const late = await database.rpc("open_wallet", { p_user_id: crypto.randomUUID() }).single();
  assert.throws(() => unwrap(late), (error) => codeOf(error) === "request_expired");
});
