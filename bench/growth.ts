/** What grows with the number of wallets, and with the entries of one. */
import type { TransactionSql } from "postgres";
import { fillBusyWallet, fillWallets } from "../tests/support/fill.ts";
import { connectDatabase, type Database, ownStack } from "../tests/support/own_stack.ts";
import { spread } from "./rounds.ts";
import type { BenchOptions, Growth, Section } from "./section.ts";

interface Wallet {
  user_id: string;
  entries: number;
}

/** A statement with its arguments, as PostgREST calls it for a route. */
type Read = [text: string, ...args: (string | number)[]];

const smallest = 10_000;
/** Two million rows more are no other question, and take minutes to make. */
const most_wallets = 100_000;
const calls_per_round = 5;
const days = (count: number) => new Date(Date.now() - count * 86_400_000).toISOString();

/** The reads of one account, by name. */
const reads: Record<string, (wallet: Wallet) => Read> = {
  "balance": ({ user_id }) => ["select token, held, debt, updated_at from token_balances where user_id = $1", user_id],
  "history, page 1": ({ user_id }) => ["select * from list_transactions($1, 51)", user_id],
  "history, page 10,000 or the last": ({ user_id, entries }) => [
    "select * from list_transactions($1, 51, p_before_id => $2)",
    user_id,
    Math.max(entries - 500_000, 51),
  ],
  "history, a kind with one entry, the oldest": ({ user_id }) => [
    "select * from list_transactions($1, 51, 'adjustment')",
    user_id,
  ],
  "history, ten purchases": ({ user_id }) => ["select * from list_transactions($1, 10, 'purchase')", user_id],
  "history, two weeks of the first year": ({ user_id }) => [
    "select * from list_transactions($1, 51, p_from => $2, p_to => $3)",
    user_id,
    days(714),
    days(700),
  ],
  "balance_at, two years ago": ({ user_id }) => ["select * from balance_at($1, $2)", user_id, days(729)],
  "balance_at, now": ({ user_id }) => ["select * from balance_at($1, $2)", user_id, days(0)],
  "holds, page 1": ({ user_id }) => ["select * from list_holds($1, 51)", user_id],
  "holds, open": ({ user_id }) => ["select * from list_holds($1, 51, 'held')", user_id],
  "holds, the one that expired, the oldest": ({ user_id }) => ["select * from list_holds($1, 51, 'expired')", user_id],
  "CSV, 1,000 entries in the middle": ({ user_id, entries }) => [
    "select * from list_transactions($1, 1000, p_after_id => $2)",
    user_id,
    Math.floor(entries / 2),
  ],
  "purchases, the newest ten": ({ user_id }) => [
    "select * from purchases where user_id = $1 order by created_at desc, id limit 10",
    user_id,
  ],
};

/** What is done for all accounts, by name. */
const shared: Record<string, Read> = {
  "a debit": ["select * from adjust_tokens(md5('wallet 1')::uuid, -1, 'deduct', gen_random_uuid()::text)"],
  "outbox: claim 10 notices": ["select * from claim_notices(10)"],
  "reconciliation: a page of 100 purchases": [
    `select id, payment_id from purchases
    where provider = 'standard' and livemode = false and payment_id is not null
      and updated_at >= $1 and updated_at <= now() order by updated_at, id limit 100`,
    days(30),
  ],
  "reconciliation: the next event to retry": ["select * from retry_payment_event('standard')"],
  "verify: 10,000 entries": [
    `select v.* from (
      select user_id, id from token_transactions order by user_id, id offset 9999 limit 1
    ) as last, private.verify_entries('00000000-0000-0000-0000-000000000000', 0, last.user_id, last.id) as v`,
  ],
  "close an account of three entries": ["delete from auth.users where id = md5('wallet 10')::uuid"],
};

export async function sections({ rounds, entries, log }: BenchOptions): Promise<Section[]> {
  const sizes = [smallest];
  while (sizes.at(-1)! * 10 <= entries) sizes.push(sizes.at(-1)! * 10);
  const wallets = sizes.map((entries) => ({ user_id: crypto.randomUUID(), entries }));

  await using stack = await ownStack();
  await using sql = connectDatabase(stack, 1);
  const of_all: Growth = { title: "What serves all accounts", of: "wallets", sizes: [], lines: linesOf(shared) };
  for (let made = 0, count = smallest; count <= most_wallets; made = count, count *= 10) {
    log(`making ${count} wallets …`);
    await fillWallets(sql, made + 1, count);
    of_all.sizes.push(count);
    for (const line of of_all.lines) line.ms.push(medianOf((await time(sql, 3 + rounds, shared[line.name]!)).slice(3)));
  }

  const closing: Growth = { title: "Closing a busy account", of: "entries", sizes: [], lines: linesOf({ "close": 0 }) };
  for (const { user_id, entries } of wallets) {
    log(`making a wallet of ${entries} entries …`);
    await fillBusyWallet(sql, user_id, entries);
    if (entries > 100_000) continue;
    closing.sizes.push(entries);
    closing.lines[0]!.ms.push(...await time(sql, 1, ["delete from auth.users where id = $1", user_id]));
  }
  await sql`vacuum (analyze)`;
  const [problems] = await sql`select count(*)::integer as count from private.verify_ledger()`;
  if (problems!.count > 0) throw new Error(`the books that were made are wrong in ${problems!.count} places`);

  const seen = new Map(Object.keys(reads).map((name) => [name, wallets.map(() => [] as number[])]));
  log("reading …");
  // Size by size within each round, so that all of them meet the same weather. The first round fills caches.
  for (let round = 0; round < rounds + 1; round++) {
    for (const [name, read] of Object.entries(reads)) {
      for (const [index, wallet] of wallets.entries()) {
        const ms = medianOf(await time(sql, calls_per_round, read(wallet), wallet.user_id));
        if (round > 0) seen.get(name)![index]!.push(ms);
      }
    }
  }
  const of_one: Growth = { title: "What an account reads", of: "entries", sizes, lines: linesOf(reads) };
  for (const line of of_one.lines) line.ms = seen.get(line.name)!.map(medianOf);
  const growths = [...seen].map(([name, by_size]) => ({ name, ratios: ratiosOf(by_size.at(-1)!, by_size[0]!) }));
  const worst = growths.toSorted((a, b) => medianOf(b.ratios) - medianOf(a.ratios))[0]!;
  const [first, deep] = ["history, page 1", "history, page 10,000 or the last"].map((name) => seen.get(name)!.at(-1)!);
  const most = sizes.at(-1)!.toLocaleString("en");

  return [{
    title: "Growth",
    method:
      `Statements as PostgREST sends them, under row level security, from a client on the same machine; medians of ` +
      `${rounds} rounds. One in ten entries of a busy wallet begins a hold and one ends it, one in a thousand is a ` +
      `purchase. Closing an account renames each of its entries, so it takes as long as there are entries.`,
    parts: [of_one, of_all, closing].map((growth) => ({ kind: "growth", growth })),
    bars: [
      {
        what: `history, page 10,000 / page 1, ${most} entries`,
        seen: spread(ratiosOf(deep!, first!)),
        bound: { at_most: 1.3 },
      },
      {
        what: `the read that grows most (${worst.name}), ${most} entries / ${smallest.toLocaleString("en")}`,
        seen: spread(worst.ratios),
        bound: { at_most: 2 },
      },
    ],
  }];
}

function linesOf(named: Record<string, unknown>): Growth["lines"] {
  return Object.keys(named).map((name) => ({ name, ms: [] }));
}

/** Ratios round by round. */
function ratiosOf(numbers: number[], divisors: number[]): number[] {
  return numbers.map((number, round) => number / divisors[round]!);
}

function medianOf(numbers: number[]): number {
  return spread(numbers)!.median;
}

/** The milliseconds of some calls, one after the other; what each of them changes is taken back. */
async function time(sql: Database, times: number, [text, ...args]: Read, user_id?: string): Promise<number[]> {
  const taken: number[] = [];
  while (taken.length < times) {
    await sql.begin(async (transaction) => {
      if (user_id !== undefined) await actAs(transaction, user_id);
      const started_ms = performance.now();
      await transaction.unsafe(text, args, { prepare: true });
      taken.push(performance.now() - started_ms);
      throw rollback;
    }).catch((error) => {
      if (error !== rollback) throw error;
    });
  }
  return taken;
}

const rollback = new Error("what was measured is taken back");

async function actAs(sql: TransactionSql, user_id: string) {
  const claims = JSON.stringify({ sub: user_id, role: "authenticated" });
  await sql`
    select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true),
      set_config('request.jwt.claim.sub', ${user_id}, true)
  `;
}
