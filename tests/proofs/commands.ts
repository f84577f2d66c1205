/** The wallet's operations as fast-check draws them: each runs on the model and on the database, and compares. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Database } from "../support/own_stack.ts";
import { adjust, operate, type Outcome, place, reverse, settle, shown, touch, type Wallet } from "./model.ts";
import { refusalOf } from "../support/wallets.ts";

/** Which wallet, and under which key if any: few of both, so that they meet. */
interface Target {
  wallet: number;
  key: string | undefined;
}

interface Step {
  /** What the key, if there is one, stands for. */
  request: string;
  change(wallet: Wallet): void;
  call(sql: Database): Promise<{ balance: number; replayed: boolean; id?: string }>;
}

/** One operation. What it does exactly depends on the holds and entries there are when its turn comes. */
class Operation implements fc.AsyncCommand<Wallet[], Database> {
  constructor(
    private readonly name: string,
    private readonly target: Target,
    private readonly plan: (wallet: Wallet) => Step | undefined,
  ) {}
  check = (wallets: Readonly<Wallet[]>) => this.plan(wallets[this.target.wallet]!) !== undefined;
  async run(wallets: Wallet[], sql: Database) {
    const wallet = wallets[this.target.wallet]!;
    const { request, change, call } = this.plan(wallet)!;
    const answer: Outcome & { id?: string } = await call(sql).catch((error) => ({ refusal: refusalOf(error) }));
    const { id, ...seen } = answer;
    assert.deepEqual(seen, operate(wallet, { key: this.target.key, request }, change), `${this} ${request}`);
    const unnamed = wallet.holds.find((hold) => hold.id === "");
    if (unnamed !== undefined) unnamed.id = id!;
    await compare(wallets, sql);
  }
  toString = () => `${this.name}(${JSON.stringify(this.target)})`;
}

/** The same operation several times at once. */
class Race implements fc.AsyncCommand<Wallet[], Database> {
  constructor(
    private readonly wallet: number,
    private readonly count: number,
    private readonly amount: number,
    private readonly key: string | undefined,
  ) {}
  check = () => true;
  async run(wallets: Wallet[], sql: Database) {
    const wallet = wallets[this.wallet]!;
    const request = `deduct ${this.amount}`;
    const expected = Array.from(
      { length: this.count },
      () => operate(wallet, { key: this.key, request }, (wallet) => adjust(wallet, "deduct", -this.amount)),
    );
    const seen = await Promise.all(
      expected.map(() =>
        callAdjust(sql, wallet, "deduct", -this.amount, this.key).catch((error) => ({ refusal: refusalOf(error) }))
      ),
    );
    // Who comes first is open; what they get together is not.
    const sorted = (outcomes: unknown[]) => outcomes.map((outcome) => JSON.stringify(outcome)).sort();
    assert.deepEqual(sorted(seen), sorted(expected), String(this));
    await compare(wallets, sql);
  }
  toString = () => `race(${this.wallet}, ${this.count} × ${this.amount}, ${this.key})`;
}

/** Time passes for a hold. Nothing is entered; what is shown changes. */
class RunOut implements fc.AsyncCommand<Wallet[], Database> {
  constructor(private readonly wallet: number, private readonly hold: number) {}
  check = (wallets: Readonly<Wallet[]>) => wallets[this.wallet]!.holds.some(({ status }) => status === "held");
  async run(wallets: Wallet[], sql: Database) {
    const wallet = wallets[this.wallet]!;
    const open = wallet.holds.filter(({ status }) => status === "held");
    const hold = open[this.hold % open.length]!;
    const [row] = await sql`
      update token_holds set expires_at = date_trunc('milliseconds', clock_timestamp())
      where id = ${hold.id} returning expires_at
    `;
    hold.ran_out_at = row!.expires_at.toISOString();
    await compare(wallets, sql);
  }
  toString = () => `runOut(${this.wallet}, ${this.hold})`;
}

class Sweep implements fc.AsyncCommand<Wallet[], Database> {
  check = () => true;
  async run(wallets: Wallet[], sql: Database) {
    await sql`select private.sweep_holds()`;
    wallets.forEach(touch);
    await compare(wallets, sql);
  }
  toString = () => "sweep()";
}

/** Balances as shown and every line of the ledgers, in the model and in the database. */
async function compare(wallets: Wallet[], sql: Database) {
  const rows = await sql`
    select balance.user_id, balance.token, balance.held, (
      select coalesce(json_agg(json_build_array(kind, amount, balance_after, held_after) order by id), '[]')
      from token_transactions as entry where entry.user_id = balance.user_id
    ) as ledger
    from token_balances as balance where user_id = any(${wallets.map(({ user_id }) => user_id)})
  `;
  const seen = new Map(rows.map(({ user_id, ...state }) => [user_id, state]));
  for (const wallet of wallets) {
    assert.deepEqual(seen.get(wallet.user_id), {
      ...shown(wallet),
      ledger: wallet.ledger.map(({ kind, amount, balance_after, held_after }) => [
        kind,
        amount,
        balance_after,
        held_after,
      ]),
    });
  }
}

async function callAdjust(sql: Database, { user_id }: Wallet, kind: string, amount: number, key: string | undefined) {
  const [row] = await sql`
    select token as balance, replayed from adjust_tokens(${user_id}, ${amount}, ${kind}, ${key ?? null})
  `;
  return { balance: row!.balance, replayed: row!.replayed };
}

const target = fc.record({ wallet: fc.nat(2), key: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }) });
const amount = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 60 }) }, {
  weight: 1,
  arbitrary: fc.constant(1_000_000_000),
});

async function callSettle(
  sql: Database,
  { user_id }: Wallet,
  { id, status, captured, key }: { id: string; status: string; captured: number | undefined; key: string | undefined },
) {
  const [row] = await sql`
    select token as balance, replayed from settle_hold(${user_id}, ${id}, ${status}, ${captured ?? null}, ${
    key ?? null
  })
  `;
  return { balance: row!.balance, replayed: row!.replayed };
}

const changes = fc.tuple(target, fc.constantFrom("add", "deduct", "adjustment"), amount, fc.boolean())
  .map(([target, kind, size, negative]) => {
    const signed = kind === "deduct" || (kind === "adjustment" && negative) ? -size : size;
    return new Operation(`${kind} ${signed}`, target, (wallet) => ({
      request: `${kind} ${signed}`,
      change: (wallet) => adjust(wallet, kind, signed),
      call: (sql) => callAdjust(sql, wallet, kind, signed, target.key),
    }));
  });

const placements = fc.tuple(target, amount).map(([target, amount]) =>
  new Operation(`hold ${amount}`, target, ({ user_id }) => ({
    request: `hold ${amount}`,
    change: (wallet) => place(wallet, amount),
    async call(sql) {
      const [row] = await sql`
        select id, token as balance, replayed from hold_tokens(${user_id}, ${amount}, 3600, ${target.key ?? null})
      `;
      return { id: row!.id, balance: row!.balance, replayed: row!.replayed };
    },
  }))
);

const settlements = fc.tuple(
  target,
  fc.constantFrom("captured" as const, "released" as const),
  fc.nat(5),
  fc.option(amount, { nil: undefined }),
).map(([target, status, index, size]) =>
  new Operation(`${status} hold ${index}`, target, (wallet) => {
    const id = wallet.holds[index % wallet.holds.length]?.id;
    if (id === undefined) return undefined;
    const captured = status === "captured" ? size : undefined;
    return {
      request: `${status} ${id} ${captured}`,
      change: (wallet) => settle(wallet, id, status, captured),
      call: (sql) => callSettle(sql, wallet, { id, status, captured, key: target.key }),
    };
  })
);

const reversals = fc.tuple(target, fc.nat(30), fc.boolean()).map(([target, index, allow_partial]) =>
  new Operation(`reversal of ${index}`, target, ({ user_id, ledger }) => {
    if (ledger.length === 0) return undefined;
    const offset = index % ledger.length;
    return {
      request: `reversal ${offset} ${allow_partial}`,
      change: (wallet) => reverse(wallet, offset, allow_partial),
      async call(sql) {
        const [row] = await sql`
          select r.token as balance, r.replayed
          from (select id from token_transactions where user_id = ${user_id} order by id limit 1 offset ${offset}) as e,
            reverse_transaction(${user_id}, e.id, '{}', ${allow_partial}, ${target.key ?? null}) as r
        `;
        return { balance: row!.balance, replayed: row!.replayed };
      },
    };
  })
);

const races = fc.tuple(
  fc.nat(2),
  fc.integer({ min: 2, max: 6 }),
  amount,
  fc.option(fc.constantFrom("d", "e"), { nil: undefined }),
).map(([wallet, count, amount, key]) => new Race(wallet, count, amount, key));

/** Any of a wallet's operations, on any of three wallets. */
export const commands = fc.commands([
  changes,
  changes,
  placements,
  settlements,
  reversals,
  races,
  fc.tuple(fc.nat(2), fc.nat(5)).map(([wallet, hold]) => new RunOut(wallet, hold)),
  fc.constant(new Sweep()),
], { maxCommands: 40, size: "max" });
