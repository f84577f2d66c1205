/** The write path in the database: our functions beside the shortest statement that does the sums, and what others do. */
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { startStack } from "../local/stack.ts";
import { compare, type Comparison, type Contestant, ratioOf, spread } from "./rounds.ts";
import type { Bar, BenchOptions, Part, Section, Table } from "./section.ts";
import * as scripts from "./sql/contestants.ts";
import { findPgbench, type Pgbench } from "./sql/pgbench.ts";

const names = {
  shortest: "shortest statement",
  ours: "adjust_tokens",
  of_user: "adjust_tokens, of a user's session",
  update: "update alone, no ledger",
  round_trips: "five round trips, row locked",
  read_modify_write: "read, then write",
  hold_and_capture: "hold_tokens + settle_hold",
};

/** So many transactions are counted for WAL and HOT. */
const counted = 8_000;

/** Measures the write path on a stack of its own. Without pgbench there is one section, which says so. */
export async function sections(options: BenchOptions): Promise<Section[]> {
  const folder = await Deno.makeTempDir({ prefix: "tally-bench-" });
  try {
    await using stack = await startStack({ data_folder: join(folder, "stack") });
    const pgbench = await findPgbench(stack.database_url, folder);
    if (pgbench === undefined) {
      return [{ title: "The database", method: "Skipped: pgbench is not installed.", parts: [] }];
    }
    const sql = postgres(stack.database_url, { max: 1, onnotice: () => {} });
    try {
      options.log(`making ${scripts.wallets} wallets`);
      await makeWallets(sql);
      return [await measure({ sql, pgbench, options })];
    } finally {
      await sql.end();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Bench {
  sql: Sql;
  pgbench: Pgbench;
  options: BenchOptions;
}

async function makeWallets(sql: Sql) {
  await sql.unsafe(`
    insert into auth.users (id, email)
    select ${scripts.wallet_id("n")}, n || '@example.com' from generate_series(0, ${scripts.wallets - 1}) as n;
    insert into auth.sessions (id, user_id)
    select ${scripts.session_id("n")}, ${scripts.wallet_id("n")} from generate_series(0, ${scripts.wallets - 1}) as n;
    select adjust_tokens(user_id, 1000000000, 'add') from user_tokens;
  `);
  await sql.unsafe("vacuum analyze");
}

async function measure(bench: Bench): Promise<Section> {
  const { pgbench, options: { log } } = bench;
  const comparisons: Comparison[] = [];
  const bars: Bar[] = [];
  for (const clients of [1, 8, 32]) {
    log(`uniform, ${clients} clients`);
    const comparison = await compareDebits(bench, "uniform", clients);
    comparisons.push(comparison);
    bars.push(bar(comparison, names.ours, 0.75));
  }
  log("one hot wallet, 8 clients");
  const hot = await compareDebits(bench, "hot", 8);
  bars.push(bar(hot, names.ours, 0.90));
  log("with a key");
  const keyed = await compare({
    ...bench.options,
    title: "With a key, 10,000 wallets, 8 clients",
    control: contestant(pgbench, names.shortest, scripts.shortest_with_key("uniform"), 8),
    contestants: [contestant(pgbench, names.ours, scripts.ours_with_key("uniform"), 8)],
  });
  log("holds");
  const holds = await compare({
    ...bench.options,
    title: "Hold and capture, 10,000 wallets, 8 clients",
    control: contestant(pgbench, names.shortest, scripts.shortest("uniform"), 8),
    contestants: [contestant(pgbench, names.hold_and_capture, scripts.hold_and_capture("uniform"), 8)],
  });
  bars.push(bar(holds, names.hold_and_capture, 0.33));
  log("WAL and HOT");
  const costs = await countCosts(bench);
  bars.push(...costs.bars);
  log("lost updates");
  const parts: Part[] = [
    ...[...comparisons, hot, keyed, holds].map((comparison): Part => ({
      kind: "comparison",
      comparison,
      unit: "per second",
    })),
    { kind: "table", table: costs.table },
    { kind: "table", table: await countLost(bench) },
  ];
  return {
    title: "The database",
    method: `${pgbench.version} over TCP on the embedded Postgres, with every commit on disk (\`fsync\`), prepared ` +
      "statements and one statement a transaction, as PostgREST calls a function; a deadline is in " +
      "`request.headers`, and read. All contestants work on the same tables, with the same constraints and indexes. " +
      "The shortest statement updates the balance and inserts the ledger line, and does nothing else: no key, no " +
      "session, no deadline, no patience, nothing held, owed, or told.",
    parts,
    bars,
  };
}

function contestant(pgbench: Pgbench, name: string, script: string, clients: number): Contestant {
  return { name, measure: async (seconds) => (await pgbench.run(script, clients, { seconds })).per_second };
}

async function compareDebits({ pgbench, options }: Bench, spot: scripts.Spot, clients: number): Promise<Comparison> {
  const of = (name: string, script: (spot: scripts.Spot) => string) => contestant(pgbench, name, script(spot), clients);
  const where = spot === "hot" ? "One wallet" : "10,000 wallets";
  return await compare({
    ...options,
    title: `${where}, ${clients} ${clients === 1 ? "client" : "clients"}`,
    control: of(names.shortest, scripts.shortest),
    contestants: [
      of(names.ours, scripts.ours),
      of(names.of_user, scripts.ours_of_user),
      of(names.update, scripts.update_only),
      of(names.round_trips, scripts.round_trips),
      of(names.read_modify_write, scripts.read_modify_write),
    ],
  });
}

function bar(comparison: Comparison, name: string, at_least: number): Bar {
  return {
    what: `${comparison.title}: ${name} / ${comparison.control}`,
    seen: ratioOf(comparison, name, comparison.control),
    bound: { at_least },
  };
}

/** WAL bytes of a transaction, and the share of HOT updates, of each script. */
async function countCosts({ sql, pgbench }: Bench): Promise<{ table: Table; bars: Bar[] }> {
  // Nothing else writes, and no page is logged whole: what is left is what the statements need.
  await setSettings(sql, ["full_page_writes = off", "autovacuum = off"]);
  const count = async (script: string) => {
    await sql`checkpoint`;
    const before = await counters(sql);
    await pgbench.run(script, 4, { transactions: counted / 4 });
    const after = await counters(sql);
    return {
      wal_bytes: (after.wal_bytes - before.wal_bytes) / counted,
      hot: (after.hot - before.hot) / (after.updates - before.updates),
    };
  };
  const costs = {
    [names.shortest]: await count(scripts.shortest("uniform")),
    [names.ours]: await count(scripts.ours("uniform")),
    [`${names.shortest}, with a key`]: await count(scripts.shortest_with_key("uniform")),
    [`${names.ours}, with a key`]: await count(scripts.ours_with_key("uniform")),
    [names.hold_and_capture]: await count(scripts.hold_and_capture("uniform")),
  };
  await setSettings(sql, ["full_page_writes = on", "autovacuum = on"]);
  const ours = costs[`${names.ours}, with a key`]!;
  return {
    table: {
      title: "WAL and HOT, 10,000 wallets",
      columns: ["", "WAL bytes each", "HOT updates"],
      rows: Object.entries(costs).map(([name, { wal_bytes, hot }]) => [name, Math.round(wal_bytes), hot.toFixed(4)]),
    },
    bars: [
      {
        what: `WAL with a key: ${names.ours} / ${names.shortest}`,
        seen: spread([ours.wal_bytes / costs[`${names.shortest}, with a key`]!.wal_bytes]),
        bound: { at_most: 1.05 },
      },
      { what: "Share of HOT updates of user_tokens", seen: spread([ours.hot]), bound: { at_least: 0.99 } },
    ],
  };
}

async function setSettings(sql: Sql, settings: string[]) {
  for (const setting of settings) await sql.unsafe(`alter system set ${setting}`);
  await sql`select pg_reload_conf()`;
}

async function counters(sql: Sql): Promise<{ wal_bytes: number; updates: number; hot: number }> {
  // A server process hands over what it counted when it ends.
  while ((await sql`select from pg_stat_activity where application_name = 'pgbench'`).length > 0);
  const [row] = await sql<{ wal_bytes: number; updates: number; hot: number }[]>`
    select wal_bytes::float8 as wal_bytes, n_tup_upd::float8 as updates, n_tup_hot_upd::float8 as hot
    from pg_stat_wal, pg_stat_user_tables where relname = 'user_tokens'
  `;
  return row!;
}

/** What one wallet lacks after many debits of 1 at once. */
async function countLost({ sql, pgbench }: Bench): Promise<Table> {
  const balance = async () => {
    const [row] = await sql.unsafe(`select token from user_tokens where user_id = ${scripts.wallet_id("0")}`);
    return row!.token;
  };
  const rows: Table["rows"] = [];
  for (
    const [name, script] of [
      [names.read_modify_write, scripts.read_modify_write("hot")],
      [names.ours, scripts.ours("hot")],
    ] as const
  ) {
    const before = await balance();
    const { transactions } = await pgbench.run(script, 8, { transactions: 500 });
    const taken = before - await balance();
    rows.push([name, transactions, taken, transactions - taken]);
  }
  return { title: "Lost updates, one wallet, 8 clients", columns: ["", "debits of 1", "taken", "lost"], rows };
}
