import { join } from "node:path";
import postgres from "postgres";
import type { Stack } from "../../local/stack.ts";
import { connectDatabase, type Database, ownStack } from "../support/own_stack.ts";
import { countProblems, newWallet } from "../support/wallets.ts";
import { newSession } from "./database_control.ts";
import { type Experiment, inParallel, seededRandom } from "./experiment.ts";

/** Few, so that operations meet. */
const account_count = 6;
/** How often callers that lock the wrong way round may miss each other. */
const max_control_rounds = 20;

/** Everything that locks anything, mixed, on few accounts. */
export const lock_order: Experiment = {
  number: 14,
  name: "One lock order",
  invariant: "no two operations ever wait for each other",
  async run({ scale, seed, log }) {
    const [operation_count, connections] = scale === "full" ? [8_000, 24] : [800, 16];
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, connections + 1);
    // Found before lock_timeout ends it. The setting counts for connections made from now on, which all others are.
    await sql`alter database postgres set deadlock_timeout = '50ms'`;
    await using workers = connectDatabase(stack, connections);

    const random = seededRandom(seed);
    const accounts = await inParallel(account_count, 3, () => openAccount(workers));
    const seen = new Map<string, number>();
    await inParallel(operation_count, connections, async () => {
      const place = Math.floor(random() * account_count);
      const [name, operation] = pick(operations, random());
      const outcome = await operation(workers, accounts[place]!, random).then(() => "done", codeOf);
      seen.set(`${name}: ${outcome}`, (seen.get(`${name}: ${outcome}`) ?? 0) + 1);
      // An account that is gone makes way for a new one.
      if (name === "delete") accounts[place] = await openAccount(workers);
    });
    log([...seen].sort().map(([what, count]) => `${what} ${count}`).join(", "));
    const done = [...seen].filter(([what]) => what.endsWith("done")).reduce((sum, [, count]) => sum + count, 0);
    const odd = [...seen.keys()].filter((what) => /failed|40P01/.test(what));
    const deadlocks = await countDeadlocks(stack);
    const problems = await countProblems(sql);

    const control_deadlocks = await wrongWayRound(workers, connections);

    const summary = (deadlocks: number, problems: number, odd: string[]) =>
      [`${deadlocks} deadlocks, ${problems} problems`, ...odd].join(", ");
    return [
      {
        what: `${operation_count} operations on ${account_count} accounts, ${connections} connections, ${done} done`,
        expected: summary(0, 0, []),
        seen: summary(deadlocks, problems, odd),
        passed: deadlocks === 0 && problems === 0 && odd.length === 0 && done > operation_count / 2,
      },
      {
        what: "control: the account's row first, then the wallet",
        expected: "some deadlocks",
        seen: `${control_deadlocks} deadlocks`,
        passed: control_deadlocks > 0,
      },
    ];
  },
};

interface Account {
  user_id: string;
  session_id: string;
}

async function openAccount(sql: Database): Promise<Account> {
  const user_id = await newWallet(sql, 500);
  return { user_id, session_id: await newSession(sql, user_id) };
}

type Operation = (sql: Database, account: Account, random: () => number) => Promise<unknown>;

/** How often each is drawn, and what it does. */
const operations: [weight: number, name: string, operation: Operation][] = [
  [
    6,
    "debit",
    (sql, { user_id, session_id }) =>
      sql`select adjust_tokens(${user_id}, -5, 'deduct', p_session_id => ${session_id})`,
  ],
  [4, "credit", (sql, { user_id }) => sql`select adjust_tokens(${user_id}, 20, 'add')`],
  [
    4,
    "hold",
    (sql, { user_id, session_id }) => sql`select hold_tokens(${user_id}, 3, 1, p_session_id => ${session_id})`,
  ],
  [4, "end a hold", (sql, { user_id }, random) =>
    sql`
      select settle_hold(user_id, id, ${random() < 0.5 ? "captured" : "released"})
      from token_holds where user_id = ${user_id} and status = 'held' limit 1
    `],
  [
    2,
    "threshold",
    (sql, { user_id }, random) => sql`select set_low_balance_threshold(${user_id}, ${random() < 0.2 ? null : 480})`,
  ],
  [1, "rest", (sql, { user_id }) =>
    // A rest is over: the next low balance is told.
    sql`update user_tokens set low_balance_noticed_at = null where user_id = ${user_id}`],
  [
    3,
    "buy",
    (sql, { user_id, session_id }) =>
      sql`select create_purchase(${user_id}, 'small', 'standard', false, p_session_id => ${session_id})`,
  ],
  [4, "pay", (sql, { user_id }) => tell(sql, user_id, "paid")],
  [2, "refund", (sql, { user_id }, random) => tell(sql, user_id, "refunded", 1 + Math.floor(random() * 500))],
  [1, "dispute", (sql, { user_id }) => tell(sql, user_id, "dispute_opened")],
  [1, "win", (sql, { user_id }) => tell(sql, user_id, "dispute_won")],
  // What is under review: a payment of the wrong amount, tried again at once.
  [1, "pay too little", (sql, { user_id }) => tell(sql, user_id, "paid", 499)],
  [2, "retry", async (sql) => {
    await sql`
      update payment_events set next_attempt_at = now() where event_id = (
        select event_id from payment_events where next_attempt_at > now() order by random() limit 1
      )
    `;
    await sql`select retry_payment_event('standard')`;
  }],
  [1, "reverse", (sql, { user_id }) =>
    sql`
      select reverse_transaction(${user_id}, id, '{}', true)
      from token_transactions where user_id = ${user_id} and kind in ('add', 'deduct') order by random() limit 1
    `],
  [
    1,
    "abandon",
    (sql, { user_id }) =>
      sql`select abandon_purchase(id) from purchases where user_id = ${user_id} and status = 'pending' limit 1`,
  ],
  [1, "send notices", async (sql) => {
    const claimed = await sql`select id from claim_notices(5)`;
    for (const { id } of claimed) await sql`select record_notice_attempt(${id})`;
  }],
  [1, "sweep", (sql) => sql`select private.sweep_holds()`],
  [1, "sign in", (sql, { user_id }) => sql`select record_sign_in(${user_id})`],
  [1, "profile", (sql, account) => saveProfile(sql, account)],
  [1, "delete", (sql, { user_id }) => sql`delete from auth.users where id = ${user_id}`],
];

function pick(operations: [number, string, Operation][], chance: number): [string, Operation] {
  let left = chance * operations.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, name, operation] of operations) {
    left -= weight;
    if (left < 0) return [name, operation];
  }
  throw new Error("a chance is below 1");
}

/** A provider says something of a payment that the user makes, or made. */
async function tell(sql: Database, user_id: string, fact: string, amount_minor = 500) {
  const [purchase] = await sql`
    select id, coalesce(payment_id, 'pay_' || id) as payment_id from purchases
    where user_id = ${user_id} order by random() limit 1
  `;
  if (purchase === undefined) return;
  await sql`
    select apply_payment_event(
      'standard', ${crypto.randomUUID()}, ${fact}, false, now(), '{}', ${purchase.payment_id},
      ${fact === "paid" ? purchase.id : null}, 'one', ${amount_minor}, 'eur'
    )
  `;
}

/** As REST does it for a user. */
async function saveProfile(sql: Database, { user_id, session_id }: Account) {
  await sql.begin(async (transaction) => {
    const claims = { sub: user_id, role: "authenticated", session_id };
    await transaction`
      select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
        set_config('request.jwt.claim.sub', ${user_id}, true)
    `;
    await transaction`set local role authenticated`;
    await transaction`
      insert into profiles (user_id, profile_data) values (${user_id}, '{}')
      on conflict (user_id) do update set profile_data = excluded.profile_data
    `;
  });
}

/** What refused an operation: a code of ours or Postgres'. What no code names failed. */
function codeOf(error: unknown): string {
  if (!(error instanceof postgres.PostgresError)) throw error;
  return error.code.startsWith("PT") ? error.message : error.code === "55P03" ? "wallet_busy" : `failed ${error.code}`;
}

/** The deadlocks that Postgres tells of in its log, also those that a function caught. */
async function countDeadlocks({ data_folder }: Stack): Promise<number> {
  const log = await Deno.readTextFile(join(data_folder, "postgres.log"));
  return log.match(/deadlock detected/g)?.length ?? 0;
}

/**
 * Half of the callers lock a wallet and then the account, the others the account and then the wallet, until they were
 * seen to wait for each other. How many of them a deadlock ended.
 */
async function wrongWayRound(sql: Database, connections: number): Promise<number> {
  await sql`
    create function private.control_debit(p_user_id uuid, p_account_first boolean) returns void language plpgsql as $$
    begin
      if p_account_first then
        perform from auth.users where id = p_user_id for update;
      end if;
      perform adjust_tokens(p_user_id, -1, 'deduct');
      perform pg_sleep(0.002);
      if not p_account_first then
        perform from auth.users where id = p_user_id for update;
      end if;
    end $$
  `;
  const { user_id } = await openAccount(sql);
  let ended = 0;
  for (let rounds = 0; rounds < max_control_rounds && ended === 0; rounds++) {
    await inParallel(connections * 4, connections, async (index) => {
      await sql`select private.control_debit(${user_id}, ${index % 2 === 0})`.catch((error) => {
        if (codeOf(error) === "failed 40P01") ended++;
      });
    });
  }
  return ended;
}
