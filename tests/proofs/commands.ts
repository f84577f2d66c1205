/** The wallet's operations as fast-check draws them. */
import * as fc from "fast-check";
import { adjust, place, reverse, settle } from "./model.ts";
import { type Fact, pack } from "./purchase_model.ts";
import { Buy, callAdjust, Operation, Race, RunOut, Sequence, Sweep, type Target, Tell } from "./steps.ts";

const wallet = fc.nat(2);
const target: fc.Arbitrary<Target> = fc.record({
  wallet,
  by: fc.constantFrom("user" as const, "server" as const),
  key: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }),
});
const amount = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 60 }) }, {
  weight: 1,
  arbitrary: fc.constant(1_000_000_000),
});

const changes = fc.tuple(target, fc.constantFrom("add", "deduct", "deduct", "adjustment"), amount, fc.boolean())
  .map(([target, kind, size, negative]) => {
    const signed = kind === "deduct" || (kind === "adjustment" && negative) ? -size : size;
    return new Operation(`${kind} ${signed}`, target, (wallet) => ({
      request: `${kind} ${signed}`,
      change: (wallet) => adjust(wallet, target.by, kind, signed),
      call: (real) => callAdjust(real, wallet, target, kind, signed),
    }));
  });

/** Holds an amount, or all there is. */
const holdOf = (target: Target, wanted?: number) =>
  new Operation(`hold ${wanted ?? "all"}`, target, ({ user_id, token }) => {
    const amount = wanted ?? token;
    if (amount < 1 || amount > 1_000_000_000) return undefined;
    return {
      request: `hold ${amount}`,
      change: (wallet) => place(wallet, target.by, amount),
      async call({ sql, sessions }) {
        const session = target.by === "user" ? sessions.get(user_id)! : null;
        const [row] = await sql`
          select id, token as balance, debt, replayed
          from hold_tokens(${user_id}, ${amount}, 3600, ${target.key ?? null}, p_session_id => ${session})
        `;
        return { id: row!.id, balance: row!.balance, debt: row!.debt, replayed: row!.replayed };
      },
    };
  });

const placements = fc.tuple(target, amount).map(([target, amount]) => holdOf(target, amount));

/** A debt beside what is held: whatever comes back from then on pays it. */
const debts = target.map(({ wallet, by }) =>
  new Sequence("owe", [
    new Buy(wallet, true),
    holdOf({ wallet, by, key: undefined }),
    new Tell(wallet, -1, { fact: "refunded", subject: "one", amount_minor: pack.price_minor }),
  ])
);

const settlements = fc.tuple(
  target,
  fc.constantFrom("captured" as const, "released" as const),
  fc.nat(5),
  fc.option(amount, { nil: undefined }),
).map(([target, status, index, size]) =>
  new Operation(`${status} hold ${index}`, target, ({ user_id, holds }) => {
    const id = holds[index % holds.length]?.id;
    if (id === undefined) return undefined;
    const captured = status === "captured" ? size : undefined;
    return {
      request: `${status} ${id} ${captured}`,
      change: (wallet) => settle(wallet, target.by, { id, status, captured }),
      async call({ sql, sessions }) {
        const session = target.by === "user" ? sessions.get(user_id)! : null;
        const [row] = await sql`
          select token as balance, debt, replayed
          from settle_hold(${user_id}, ${id}, ${status}, ${captured ?? null}, ${target.key ?? null}, ${session})
        `;
        return { balance: row!.balance, debt: row!.debt, replayed: row!.replayed };
      },
    };
  })
);

const reversals = fc.tuple(target, fc.nat(30), fc.boolean()).map(([{ wallet, key }, index, allow_partial]) =>
  // Only servers reverse.
  new Operation(`reversal of ${index}`, { wallet, key, by: "server" }, ({ user_id, ledger }) => {
    if (ledger.length === 0) return undefined;
    const offset = index % ledger.length;
    return {
      request: `reversal ${offset} ${allow_partial}`,
      change: (wallet) => reverse(wallet, offset, allow_partial),
      async call({ sql }) {
        const [row] = await sql`
          select token as balance, debt, replayed
          from reverse_transaction(${user_id}, ${offset + 1}, '{}', ${allow_partial}, ${key ?? null})
        `;
        return { balance: row!.balance, debt: row!.debt, replayed: row!.replayed };
      },
    };
  })
);

const races = fc.tuple(target, fc.integer({ min: 2, max: 6 }), amount)
  .map(([target, count, amount]) => new Race(target, count, amount));

const facts: fc.Arbitrary<Fact> = fc.record({
  fact: fc.constantFrom(
    "paid",
    "refunded",
    "refunded",
    "refund_failed",
    "dispute_opened",
    "dispute_won",
    "dispute_lost",
  ),
  subject: fc.constantFrom("one", "two"),
  amount_minor: fc.integer({ min: 1, max: pack.price_minor }),
}).map(({ fact, subject, amount_minor }) => ({
  fact,
  subject,
  amount_minor: fact === "paid" ? pack.price_minor : amount_minor,
}));

/** Any of a wallet's operations, on any of three wallets. */
export const commands = fc.commands([
  changes,
  changes,
  placements,
  debts,
  settlements,
  settlements,
  reversals,
  races,
  fc.tuple(wallet, fc.integer({ min: 0, max: 4 })).map(([wallet, chance]) => new Buy(wallet, chance > 0)),
  fc.tuple(wallet, fc.nat(5), facts).map(([wallet, index, fact]) => new Tell(wallet, index, fact)),
  fc.tuple(wallet, fc.nat(5), facts).map(([wallet, index, fact]) => new Tell(wallet, index, fact)),
  fc.tuple(wallet, fc.nat(5)).map(([wallet, hold]) => new RunOut(wallet, hold)),
  fc.constant(new Sweep()),
], { maxCommands: 40, size: "max" });
