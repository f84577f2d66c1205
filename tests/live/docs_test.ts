// Goal: what the pages show works. Method: their examples word for word, in a shell, in Deno and in the database.
import assert from "node:assert/strict";
import type postgres from "postgres";
import { codeBlocks, quoted, root, section, tableRows } from "../docs/pages.ts";
import { sql, stack } from "../support/stack.ts";
import { newWallet } from "../support/wallets.ts";

const address = "http://127.0.0.1:54321";

/** An example for this stack, with an account of its own. */
function here(example: string): string {
  assert.ok(example.includes(address));
  return example.replaceAll(address, stack.url).replaceAll("ada@example.com", `${crypto.randomUUID()}@example.com`);
}

Deno.test("the examples of the README and of docs/api.md work word for word, from sign-up to sign-out", async () => {
  const examples = here([...codeBlocks("README.md", "sh"), ...codeBlocks("docs/api.md", "sh")].join("\n"));
  assert.ok(examples.includes("/auth/signup") && examples.includes("/auth/signout"));
  // As pasted, save that an answer of 400 or above ends it.
  const script = `set -eo pipefail\ncurl() { command curl --no-progress-meter --fail-with-body "$@"; }\n${examples}
curl -s $API/tokens/deduct -H "$AUTH" --json '{"amount": 1}' || true`;
  const output = await run("bash", ["-c", script]);
  assert.match(output, /"status":"captured".*"token":33/);
  assert.match(output, /"code":"session_ended"/);
});

Deno.test("the example of docs/api.md for supabase-js prints what its comments say", async () => {
  const [example = ""] = codeBlocks("docs/api.md", "ts");
  const printed = [...example.matchAll(/\); \/\/ (.*)$/gm)].map(([, comment]) => comment);
  const output = await run(Deno.execPath(), ["run", "-A", "--check", "--quiet", "--ext", "ts", "-"], here(example));
  assert.deepEqual(output.trimEnd().split("\n"), printed);
});

Deno.test("the queries of docs/operations.md run", async () => {
  const queries = codeBlocks("docs/operations.md", "sql");
  // The local stack has no pg_cron and no pg_net.
  const here = queries.filter((query) => !/\b(cron|net)\./.test(query));
  assert.ok(here.length >= 10 && queries.length - here.length === 2);
  for (const query of here) {
    await rolledBack((transaction) => transaction.unsafe(query.replaceAll(/'<[^>\n]+>'/g, `'${crypto.randomUUID()}'`)));
  }
});

Deno.test("each alert of docs/operations.md sounds when its thing is wrong", async () => {
  const [query = ""] = codeBlocks("docs/operations.md", "sql").filter((query) => query.includes("as alert"));
  const user_id = await newWallet(sql, 1);
  const seen = await rolledBack(async (transaction) => {
    await transaction`update user_tokens set token = 2 where user_id = ${user_id}`;
    await transaction`
      insert into payment_events (provider, event_id, fact, livemode, occurred_at, received_at, payload, review_reason)
      values ('standard', 'alert', 'paid', false, now(), now() - interval '2 days', '{}', 'amount_differs')`;
    await transaction`delete from payment_reconciliations`;
    await transaction`
      with old as (
        insert into payment_reconciliations (provider, livemode, since, until, stage, finished_at)
        values ('standard', false, now() - interval '1 day', now(), 'done', now() - interval '2 hours') returning id
      )
      insert into payment_findings (reconciliation_id, kind, payment_id, here, there)
      select id, 'amount_differs', 'pay_1', '', '' from old`;
    await transaction`
      insert into purchases (user_id, pack_id, tokens, price_minor, currency, provider, livemode, status, payment_id)
      values (${user_id}, 'small', 100, 500, 'eur', 'standard', false, 'paid', ${crypto.randomUUID()})`;
    await transaction`
      insert into notices (user_id, transaction_id, type, data, next_attempt_at)
      values (${user_id}, 1, 'balance.low', '{}', null)`;
    await transaction`
      insert into token_holds (user_id, amount, placed_by, expires_at, created_at)
      values (${user_id}, 1, 'user', now() - interval '20 minutes', now() - interval '1 hour')`;
    return await transaction.unsafe(query);
  });
  const alerts = [...query.matchAll(/^select '(.*?)'/gm)].map(([, alert]) => alert);
  assert.deepEqual(seen.map(({ alert }) => alert).sort(), alerts.sort());
});

Deno.test("docs/operations.md says of every reason for a review what to do", async () => {
  const functions = await sql`
    select prosrc from pg_proc where oid in ('private.review_reason'::regproc, 'private.try_event'::regproc)
  `;
  const reasons = functions.flatMap(({ prosrc }) => [...prosrc.matchAll(/(?:return|then|else) '(\w+)'/g)])
    .map(([, reason]) => reason);
  const documented = tableRows(section("docs/operations.md", "Payments that need a person"))
    .flatMap(([reason]) => quoted(reason!));
  // What the wallet itself refuses is passed on: a credit can only be too much for it.
  assert.deepEqual(documented.sort(), [...new Set([...reasons, "balance_limit"])].sort());
});

/** What a transaction reads that leaves no trace. */
async function rolledBack<T>(read: (transaction: postgres.TransactionSql) => Promise<T>): Promise<T> {
  let result: { rows: T } | undefined;
  await sql.begin(async (transaction) => {
    result = { rows: await read(transaction) };
    throw new RollBack();
  }).catch((error) => {
    if (!(error instanceof RollBack)) throw error;
  });
  return result!.rows;
}

class RollBack extends Error {}

/** Runs a program at the root of the repository and gives what it prints. */
async function run(program: string, args: string[], input = ""): Promise<string> {
  const process = new Deno.Command(program, {
    args,
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await process.output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, `${output}\n${errors}`);
  return output!;
}
