// Goal: no read of the API slows down as tables grow. Method: a wallet with 100,000 entries; the routes are called, and
// Postgres itself tells the plan of every statement that they cause (auto_explain), with the rows that it went through.
import assert from "node:assert/strict";
import { join } from "node:path";
import { secret_key, type Stack } from "../../local/stack.ts";
import { fillBusyWallet, fillWallets } from "../support/fill.ts";
import { connectDatabase, type Database, ownStack } from "../support/own_stack.ts";
import { signUp } from "../support/wallets.ts";

/** A page is 100 rows and the one that tells of the next; where two lists are put together, twice that. */
const most_sorted_rows = 202;
/** A page of the CSV file is 1,000 entries. */
const most_rows_of_a_scan = 1_100;

interface Node {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: Node[];
}

interface Plan {
  "Query Text": string;
  Plan: Node;
}

const large = new Set([
  ...["token_transactions", "token_holds", "user_tokens", "purchases", "payment_events", "notices", "users"],
]);

const time = (days_ago: number) => new Date(Date.now() - days_ago * 86_400_000).toISOString();
const kinds = ["add", "deduct", "hold", "capture", "release", "expiry", "adjustment", "reversal", "purchase"];
const functions = "/functions/v1";

/** What a user asks for. */
const askedByUsers = (old_hold: string) => [
  "/tokens",
  "/tokens/transactions?limit=100",
  "/tokens/transactions?limit=100&cursor=5000",
  ...kinds.map((kind) => `/tokens/transactions?limit=100&kind=${kind}`),
  `/tokens/transactions?limit=100&from=${time(700)}&to=${time(690)}`,
  `/tokens/transactions?limit=100&kind=purchase&to=${time(600)}`,
  `/tokens/transactions.csv?from=${time(700)}&to=${time(690)}`,
  `/tokens/transactions.csv?kind=release&to=${time(600)}`,
  `/tokens/balance_at?time=${time(720)}`,
  `/tokens/balance_at?time=${time(0)}`,
  "/tokens/holds?limit=100",
  `/tokens/holds?limit=100&cursor=${old_hold}`,
  ...["held", "captured", "released", "expired"].map((status) => `/tokens/holds?limit=100&status=${status}`),
  `/tokens/holds/${old_hold}`,
  "/tokens/low_balance_threshold",
  "/payments/purchases",
];

/** What servers send, and the steps of a reconciliation, as they reach the database. */
const askedByServers = (
  user_id: string,
  open_hold: string,
): [method: string, path: string, body?: unknown][] => [
  ["GET", `${functions}/tokens?user_id=${user_id}`],
  ["POST", `${functions}/tokens/deduct`, { user_id, amount: 1 }],
  ["POST", `${functions}/tokens/holds/${open_hold}/release`, { user_id }],
  ["POST", "/rest/v1/rpc/claim_notices", { p_limit: 10 }],
  ["POST", "/rest/v1/rpc/retry_payment_event", { p_provider: "standard" }],
  ["GET", "/rest/v1/purchases?select=payment_id&provider=eq.standard&payment_id=in.(pay_1,pay_2)"],
  [
    "GET",
    "/rest/v1/purchases?select=id,payment_id,updated_at&provider=eq.standard&livemode=eq.false" +
    `&payment_id=not.is.null&updated_at=lte.${time(0)}&updated_at=gte.${time(400)}` +
    `&or=(updated_at.gt.${time(400)},id.gt.${open_hold})&order=updated_at.asc,id.asc&limit=100`,
  ],
];

Deno.test("no read of the API goes through a table, or sorts more than a page", async () => {
  await using stack = await ownStack();
  await using sql = connectDatabase(stack, 1);
  const user = await signUp(stack);
  await fillWallets(sql, 1, 5_000);
  await fillBusyWallet(sql, user.id, 100_000);
  await sql`alter system set session_preload_libraries = 'auto_explain'`;
  await sql`select pg_reload_conf()`;
  for (
    const [name, value] of Object.entries({
      log_min_duration: "0",
      log_analyze: "on",
      log_timing: "off",
      log_nested_statements: "on",
      log_format: "json",
    })
  ) {
    await sql.unsafe(`alter database postgres set auto_explain.${name} = '${value}'`);
  }
  const [old_hold, open_hold, other_hold] = (await sql`
    (select id from token_holds where user_id = ${user.id} order by id limit 1)
    union all (select id from token_holds where user_id = ${user.id} and status = 'held' order by id limit 2)
  `).map(({ id }) => id) as [string, string, string];

  // As Postgres plans while a statement is new, and as it does once it has met it often.
  for (const [mode, quiet] of [["auto", "wallet 10"], ["force_generic_plan", "wallet 20"]] as const) {
    await sql.unsafe(`alter database postgres set plan_cache_mode = ${mode}`);
    // Those that are there already do not tell.
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null
    `;
    const from = (await readLog(stack)).length;
    for (const path of askedByUsers(old_hold)) {
      await ask(stack, "GET", functions + path, { authorization: `Bearer ${user.access_token}` });
    }
    for (const [method, path, body] of askedByServers(user.id, mode === "auto" ? open_hold : other_hold)) {
      await ask(stack, method, path, { apikey: secret_key }, body);
    }
    await using own = connectDatabase(stack, 1);
    await own`delete from auth.users where id = md5(${quiet})::uuid`;

    const plans = await plansSince(stack, from, own);
    const tables = new Set(plans.flatMap(({ Plan }) => nodesOf(Plan)).map((node) => node["Relation Name"]));
    for (const table of large) assert.ok(tables.has(table), `${table} was not read at all: the test sees nothing`);
    assert.deepEqual(plans.flatMap(complaintsOf), [], `with plan_cache_mode ${mode}`);
  }
});

async function ask({ url }: Stack, method: string, path: string, headers: Record<string, string>, body?: unknown) {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
}

function readLog({ data_folder }: Stack): Promise<string> {
  return Deno.readTextFile(join(data_folder, "postgres.log"));
}

/** The plans that Postgres told of since its log had `from` characters. */
async function plansSince(stack: Stack, from: number, own: Database): Promise<Plan[]> {
  const end = crypto.randomUUID();
  let log = "";
  for (const deadline_ms = performance.now() + 120_000; !log.includes(end);) {
    assert.ok(performance.now() < deadline_ms, "the log does not say how it ends");
    // Said again and again, since what is said last may reach the file with what comes after it.
    await own.unsafe(`select '${end}'`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    log = (await readLog(stack)).slice(from);
  }
  return log.split(/^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/m)
    .flatMap((entry) => {
      const [, json] = /duration: .* plan:\n([^]*)$/.exec(entry) ?? [];
      return json === undefined ? [] : [JSON.parse(json.replaceAll(/^\t/gm, "")) as Plan];
    });
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function complaintsOf({ "Query Text": query, Plan }: Plan): string[] {
  // What a driver asks of the catalogue at its start.
  if (query.includes("pg_catalog")) return [];
  return nodesOf(Plan).flatMap((node) => {
    const type = node["Node Type"];
    const table = node["Relation Name"] ?? node["Index Name"] ?? "";
    const rows = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) +
      (node["Rows Removed by Index Recheck"] ?? 0)) * node["Actual Loops"];
    const complaint = /Scan$/.test(type) && type !== "Function Scan" && rows > most_rows_of_a_scan
      ? `${rows} rows of ${table} by ${type}`
      : /Sort$/.test(type) && node.Plans!.some((input) => input["Actual Rows"] > most_sorted_rows)
      ? `a sort of ${node.Plans![0]!["Actual Rows"]} rows`
      : undefined;
    return complaint === undefined ? [] : [`${complaint}: ${query.replaceAll(/\s+/g, " ").slice(0, 300)}`];
  });
}
