/** What a random history is made of: each step runs on the model and on the database, and compares them. */
import assert from "node:assert/strict";
import type * as fc from "fast-check";
import type { Database } from "../support/own_stack.ts";
import { refusalOf } from "../support/wallets.ts";
import {
  adjust,
  buy,
  operate,
  type Outcome,
  type Request,
  settlePurchase,
  shown,
  touch,
  type Wallet,
} from "./model.ts";
import { type Fact, learn, newPurchase, stateOf } from "./purchase_model.ts";

/** The database, and the session with which each user comes. */
export interface Real {
  sql: Database;
  sessions: Map<string, string>;
}

/** Which wallet, who asks, and under which key if any: few of all, so that they meet. */
export interface Target extends Pick<Request, "by" | "key"> {
  wallet: number;
}

export interface Plan {
  request: string;
  change(wallet: Wallet): void;
  call(real: Real): Promise<{ balance: number; debt: number; replayed: boolean; id?: string }>;
}

type Step = fc.AsyncCommand<Wallet[], Real>;

const refused = (error: unknown) => ({ refusal: refusalOf(error) });

/** One operation. What it does exactly depends on the holds and entries there are when its turn comes. */
export class Operation implements Step {
  constructor(
    private readonly name: string,
    private readonly target: Target,
    private readonly plan: (wallet: Wallet) => Plan | undefined,
  ) {}
  check = (wallets: Readonly<Wallet[]>) => this.plan(wallets[this.target.wallet]!) !== undefined;
  async run(wallets: Wallet[], real: Real) {
    const wallet = wallets[this.target.wallet]!;
    const { request, change, call } = this.plan(wallet)!;
    const { by, key } = this.target;
    const answer: Outcome & { id?: string } = await call(real).catch(refused);
    const { id, ...seen } = answer;
    assert.deepEqual(seen, operate(wallet, { by, key, request }, change), `${this} ${request}`);
    const unnamed = wallet.holds.find((hold) => hold.id === "");
    if (unnamed !== undefined) unnamed.id = id!;
    await compare(wallets, real);
  }
  toString = () => `${this.name}(${JSON.stringify(this.target)})`;
}

/** The same debit several times at once. */
export class Race implements Step {
  constructor(private readonly target: Target, private readonly count: number, private readonly amount: number) {}
  check = () => true;
  async run(wallets: Wallet[], real: Real) {
    const wallet = wallets[this.target.wallet]!;
    const { by, key } = this.target;
    const request = `deduct ${-this.amount}`;
    const expected = Array.from(
      { length: this.count },
      () => operate(wallet, { by, key, request }, (wallet) => adjust(wallet, by, "deduct", -this.amount)),
    );
    const seen = await Promise.all(
      expected.map(() => callAdjust(real, wallet, this.target, "deduct", -this.amount).catch(refused)),
    );
    // Who comes first is open; what they get together is not.
    const sorted = (outcomes: unknown[]) => outcomes.map((outcome) => JSON.stringify(outcome)).sort();
    assert.deepEqual(sorted(seen), sorted(expected), String(this));
    await compare(wallets, real);
  }
  toString = () => `race(${JSON.stringify(this.target)}, ${this.count} × ${this.amount})`;
}

/** Time passes for a hold. Nothing is entered; what is shown changes. */
export class RunOut implements Step {
  constructor(private readonly wallet: number, private readonly hold: number) {}
  check = (wallets: Readonly<Wallet[]>) => wallets[this.wallet]!.holds.some(({ status }) => status === "held");
  async run(wallets: Wallet[], real: Real) {
    const wallet = wallets[this.wallet]!;
    const open = wallet.holds.filter(({ status }) => status === "held");
    const hold = open[this.hold % open.length]!;
    const [row] = await real.sql`
      update token_holds set expires_at = date_trunc('milliseconds', now())
      where user_id = ${wallet.user_id} and id = ${hold.id} returning expires_at
    `;
    hold.ran_out_at = row!.expires_at.toISOString();
    await compare(wallets, real);
  }
  toString = () => `runOut(${this.wallet}, ${this.hold})`;
}

export class Sweep implements Step {
  check = () => true;
  async run(wallets: Wallet[], real: Real) {
    await real.sql`select private.sweep_holds(1000)`;
    wallets.forEach(touch);
    await compare(wallets, real);
  }
  toString = () => "sweep()";
}

/** A purchase begins, and mostly it is paid at once. */
export class Buy implements Step {
  constructor(private readonly wallet: number, private readonly is_paid: boolean) {}
  check = () => true;
  async run(wallets: Wallet[], real: Real) {
    const wallet = wallets[this.wallet]!;
    const answer = await real.sql`select id from create_purchase(${wallet.user_id}, 'small', 'standard', false)`
      .then(([row]) => ({ id: row!.id as string, refusal: undefined }), (error) => ({ id: "", ...refused(error) }));
    const purchase = newPurchase(answer.id);
    assert.equal(answer.refusal, buy(wallet, purchase), String(this));
    if (this.is_paid && answer.refusal === undefined) {
      const paid = { fact: "paid", subject: "", amount_minor: 500 } as const;
      await new Tell(this.wallet, wallet.purchases.length - 1, paid).run(wallets, real);
    } else {
      await compare(wallets, real);
    }
  }
  toString = () => `buy(${this.wallet}, ${this.is_paid})`;
}

/** A provider says something of a payment: of the n-th purchase, or with -1 of the newest. */
export class Tell implements Step {
  constructor(private readonly wallet: number, private readonly index: number, private readonly fact: Fact) {}
  check = (wallets: Readonly<Wallet[]>) => wallets[this.wallet]!.purchases.length > 0;
  async run(wallets: Wallet[], real: Real) {
    const wallet = wallets[this.wallet]!;
    const index = this.index < 0 ? wallet.purchases.length - 1 : this.index % wallet.purchases.length;
    const purchase = wallet.purchases[index]!;
    const { fact, subject, amount_minor } = this.fact;
    const has_amount = fact === "paid" || fact === "refunded";
    const [seen] = await real.sql`
      select * from apply_payment_event(
        'standard', ${crypto.randomUUID()}, ${fact}, false, now(), '{}', ${`pay_${purchase.id}`},
        ${fact === "paid" ? purchase.id : null}, ${subject || null}, ${has_amount ? amount_minor : null}, 'eur'
      )
    `;
    let expected: { outcome: string; review_reason: string | null };
    if (fact !== "paid" && !purchase.paid) {
      learn(purchase, this.fact);
      expected = { outcome: "waiting", review_reason: null };
    } else {
      const refusal = settlePurchase(wallet, index, (purchase) => learn(purchase, this.fact));
      expected = refusal === undefined
        ? { outcome: "applied", review_reason: null }
        : { outcome: "review", review_reason: refusal };
    }
    assert.deepEqual({ ...seen }, expected, String(this));
    await compare(wallets, real);
  }
  toString = () => `tell(${this.wallet}, ${this.index}, ${JSON.stringify(this.fact)})`;
}

/** Several steps as one: what chance alone would seldom put together. */
export class Sequence implements Step {
  constructor(private readonly name: string, private readonly steps: Step[]) {}
  check = () => true;
  async run(wallets: Wallet[], real: Real) {
    for (const step of this.steps) if (step.check(wallets)) await step.run(wallets, real);
  }
  toString = () => `${this.name}(${this.steps.join(", ")})`;
}

/** Balances as shown, every line of the ledgers and every purchase, in the model and in the database. */
async function compare(wallets: Wallet[], { sql }: Real) {
  const rows = await sql`
    select balance.user_id, balance.token, balance.held, balance.debt, (
      select coalesce(json_agg(json_build_array(
        kind, amount, debt_change, balance_after, held_after, debt_after, requested_by
      ) order by id), '[]')
      from token_transactions as entry where entry.user_id = balance.user_id
    ) as ledger
    from token_balances as balance where user_id = any(${wallets.map(({ user_id }) => user_id)})
  `;
  // Apart, since on a sharded database wallets and purchases are not in one place.
  const purchases = await sql`
    select user_id, id, granted, refunded_minor, status from purchases
    where user_id = any(${wallets.map(({ user_id }) => user_id)})
  `;
  const seen = new Map(rows.map(({ user_id, ...state }) => {
    const own = purchases.filter((purchase) => purchase.user_id === user_id);
    return [user_id, { ...state, purchases: Object.fromEntries(own.map(({ id, user_id: _, ...rest }) => [id, rest])) }];
  }));
  for (const wallet of wallets) {
    assert.deepEqual(seen.get(wallet.user_id), {
      ...shown(wallet),
      ledger: wallet.ledger.map((entry) => [
        ...[entry.kind, entry.amount, entry.debt_change, entry.balance_after, entry.held_after, entry.debt_after],
        entry.requested_by,
      ]),
      purchases: Object.fromEntries(wallet.purchases.map((purchase) => [purchase.id, stateOf(purchase)])),
    });
  }
}

export async function callAdjust(
  { sql, sessions }: Real,
  { user_id }: Wallet,
  { by, key }: Target,
  kind: string,
  amount: number,
) {
  const [row] = await sql`
    select token as balance, debt, replayed from adjust_tokens(
      ${user_id}, ${amount}, ${kind}, ${key ?? null}, p_session_id => ${by === "user" ? sessions.get(user_id)! : null}
    )
  `;
  return { balance: row!.balance, debt: row!.debt, replayed: row!.replayed };
}
