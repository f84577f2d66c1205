// Goal: what the platform's clock calls is what the functions answer. Method: the migration's own jobs, with stand-ins
// for the vault and pg_net in a transaction that is rolled back.
import assert from "node:assert/strict";
import { join } from "node:path";
import { newWallet } from "../support/wallets.ts";
import { sql } from "../support/stack.ts";

const schedules_file = join(import.meta.dirname!, "../../supabase/migrations/20261125121400_schedules.sql");

Deno.test("the schedules of the platform call the routes with what the vault holds", async () => {
  const migration = await Deno.readTextFile(schedules_file);
  const jobs = [...migration.matchAll(/\$job\$(select private\.call_function.*?)\$job\$/g)].map(([, job]) => job!);
  assert.equal(jobs.length, 2);
  await newWallet(sql, 0);
  await sql.begin(async (transaction) => {
    await transaction.unsafe(`
      create schema vault;
      create table vault.decrypted_secrets (name text, decrypted_secret text);
      create schema net;
      create table net.calls (url text, headers jsonb, body jsonb, timeout_milliseconds integer);
      create function net.http_post(url text, body jsonb, headers jsonb, timeout_milliseconds integer)
      returns bigint language sql as 'insert into net.calls values (url, headers, body, timeout_milliseconds); select 1::bigint';
    `);
    await transaction`savepoint empty_vault`;
    await assert.rejects(transaction`select private.call_function('/payments/reconcile')`, /holds no project_url/);
    await transaction`rollback to savepoint empty_vault`;
    await transaction`insert into vault.decrypted_secrets values ('project_url', 'https://x.supabase.co'), ('secret_key', 'sb_secret_x')`;
    await transaction`select private.call_function('/payments/reconcile')`;
    const [call] = await transaction`select * from net.calls`;
    await transaction`delete from net.calls`;
    await transaction`
      insert into notices (user_id, transaction_id, type, data, next_attempt_at)
      select id, 0, 'balance.low', '{}', now() from auth.users limit 1
    `;
    await transaction`select create_purchase(id, 'small', 'standard', false) from auth.users limit 1`;
    for (const job of jobs) await transaction.unsafe(job);
    const called = (await transaction`select url from net.calls order by url`).map(({ url }) => new URL(url).pathname);
    assert.deepEqual(called, ["/functions/v1/payments/reconcile", "/functions/v1/tokens/notices/deliver"]);
    assert.deepEqual({ ...call }, {
      url: "https://x.supabase.co/functions/v1/payments/reconcile",
      headers: { apikey: "sb_secret_x", "content-type": "application/json" },
      body: {},
      timeout_milliseconds: 60_000,
    });
    throw new Error("roll back");
  }).catch((error) => assert.equal(error.message, "roll back"));
});
