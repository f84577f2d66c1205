import { connectDatabase, type Database, ownStack } from "../support/own_stack.ts";
import { type Experiment, inParallel, seededRandom } from "./experiment.ts";
import { whileBusy } from "./patience.ts";
import { countProblems, newWallet, refusalOf } from "../support/wallets.ts";

interface Hold {
  id: string;
  user_id: string;
  expires_at_ms: number;
}

const batch_size = 200;
const amount = 10;

/** Every way a hold can end, at once, around the instant at which it runs out. */
export const hold_races: Experiment = {
  number: 6,
  name: "Five racers a hold",
  invariant: "a hold ends exactly once, and nothing stays set aside",
  async run({ scale, seed, log }) {
    const hold_count = scale === "full" ? 1_000 : 100;
    const random = seededRandom(seed);
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, 50);
    const wallets = await inParallel(20, 10, () => newWallet(sql, 100_000));

    let won_by_a_call = 0;
    for (let first = 0; first < hold_count; first += batch_size) {
      const holds = await inParallel(Math.min(batch_size, hold_count - first), 20, async (index): Promise<Hold> => {
        const user_id = wallets[index % wallets.length]!;
        const [hold] = await whileBusy(() => sql`select id, expires_at from hold_tokens(${user_id}, ${amount}, 1)`);
        return { id: hold!.id, user_id, expires_at_ms: hold!.expires_at.getTime() };
      });
      // Two captures, a release, and two that bring about the expiry, each a little before or after its time.
      const racers = holds.flatMap((hold) =>
        [
          () => settle(sql, hold, "captured", amount),
          () => settle(sql, hold, "captured", 3),
          () => settle(sql, hold, "released"),
          () => sql`select private.sweep_holds()`.then(() => 0),
          () => whileBusy(() => sql`select open_wallet(${hold.user_id})`).then(() => 0),
        ].map((race) => ({ race, at_ms: hold.expires_at_ms - 150 + random() * 200 }))
      );
      const wins = await Promise.all(racers.map(async ({ race, at_ms }) => {
        await new Promise((resolve) => setTimeout(resolve, at_ms - Date.now()));
        return await race();
      }));
      won_by_a_call += wins.reduce((sum, win) => sum + win, 0);
    }
    // Those that nobody settled and nobody swept after their time.
    await sql`select open_wallet(user_id) from user_tokens`;

    const [after] = await sql`
      select
        (select count(*)::integer from token_transactions where kind in ('capture', 'release', 'expiry')) as ends,
        (select count(*)::integer from token_transactions where kind = 'expiry') as expiries,
        (select count(*)::integer from token_holds where status = 'held') as open,
        (select sum(held)::integer from user_tokens) as held
    `;
    log(`${won_by_a_call} were settled by a call, ${after!.expiries} ran out`);
    const problems = await countProblems(sql);
    const summary = (winners: number, ends: number, open: number, held: number, problems: number) =>
      `${winners} winners, ${ends} ends, ${open} open, ${held} held, ${problems} problems`;
    const expected = summary(hold_count, hold_count, 0, 0, 0);
    const seen = summary(won_by_a_call + after!.expiries, after!.ends, after!.open, after!.held, problems);

    const control_winners = await raceUnlocked(sql, hold_count);
    return [
      { what: `${hold_count} holds, 5 racers each`, expected, seen, passed: seen === expected },
      {
        what: "control: look at the status, then set it",
        expected: `more than ${hold_count} winners`,
        seen: `${control_winners} winners`,
        passed: control_winners > hold_count,
      },
    ];
  },
};

/** 1 where this call ended the hold, 0 where another was first. */
async function settle(sql: Database, { id, user_id }: Hold, status: string, captured: number | null = null) {
  const call = () => sql`select settle_hold(${user_id}, ${id}, ${status}, ${captured})`;
  return await whileBusy(call).then(() => 1, (error) => {
    if (refusalOf(error) !== "hold_settled") throw error;
    return 0;
  });
}

async function raceUnlocked(sql: Database, hold_count: number): Promise<number> {
  await sql`create table private.control_holds as
    select id, 'held' as status from generate_series(1, ${hold_count}::integer) as id`;
  await sql`create unique index on private.control_holds (id)`;
  const wins = await inParallel(hold_count * 5, 50, async (index) => {
    const id = Math.floor(index / 5) + 1;
    const [hold] = await sql`select status from private.control_holds where id = ${id}`;
    if (hold!.status !== "held") return 0;
    await sql`update private.control_holds set status = 'ended' where id = ${id}`;
    return 1;
  });
  return wins.reduce<number>((sum, win) => sum + win, 0);
}
