// Goal: the local stack does by itself what pg_cron does on the platform. Method: its jobs, on the shared database.
import assert from "node:assert/strict";
import { deliverNotices, sweep } from "../../local/schedule.ts";
import { newUser, secret_key, sql, stack } from "../support/stack.ts";

Deno.test("notices that are due are delivered, and without a receiver nobody is asked to", async () => {
  const user = await newUser({ token: 10 });
  await user.call("PUT", "/tokens/low_balance_threshold", { body: { threshold: 5 } });
  await user.call("POST", "/tokens/deduct", { body: { amount: 6 } });
  const calls: [string, string | null][] = [];
  await using functions = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    calls.push([new URL(request.url).pathname, request.headers.get("apikey")]);
    return new Response();
  });
  const url = `http://127.0.0.1:${functions.addr.port}`;
  const { database_url } = stack;
  await deliverNotices({ url, database_url, settings: () => ({ NOTICES_URL: "" }) });
  assert.deepEqual(calls, []);
  await deliverNotices({ url, database_url, settings: () => ({ NOTICES_URL: "http://receiver" }) });
  assert.deepEqual(calls, [["/functions/v1/tokens/notices/deliver", secret_key]]);
});

Deno.test("the sweep writes down that a hold ran out, without anybody touching its wallet", async () => {
  const user = await newUser({ token: 10 });
  const { body: hold } = await user.call("POST", "/tokens/holds", { body: { amount: 4, ttl_seconds: 60 } });
  await sql`
    update token_holds set created_at = now() - interval '2 minutes', expires_at = now() - interval '1 minute'
    where id = ${hold.id}
  `;
  await sweep(sql);
  const [row] = await sql`select status from token_holds where id = ${hold.id}`;
  assert.equal(row!.status, "expired");
});
