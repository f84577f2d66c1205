import { secret_key } from "../../local/stack.ts";
import { connectDatabase, type Database, ownStack } from "../support/own_stack.ts";
import { countProblems, newWallet, type SignedUp, signUp } from "../support/wallets.ts";
import { rewriteFunction } from "./database_control.ts";
import { type Experiment, seededRandom } from "./experiment.ts";

const wallet_count = 4;
const locker_count = 2;
/** The slowest answer that a reader of another wallet may get. */
const reader_patience_ms = 5_000;

/** What clients do, and for how long. */
interface Load {
  writer_count: number;
  /** The longest that a wallet is locked; the first lock of one locker is that long. */
  lock_ms: number;
  run_ms: number;
  /** How long a client waits for its answer. */
  patience_ms: number;
  /** Until when the request may begin to write, told by the client itself; null for the function to tell. */
  deadline_ms: number | null;
}

// The function answers within 10 s. The short form speaks to REST as it does, with less patience.
const loads: Record<"full" | "short", Load> = {
  full: { writer_count: 30, lock_ms: 15_000, run_ms: 17_000, patience_ms: 12_000, deadline_ms: null },
  short: { writer_count: 8, lock_ms: 1_500, run_ms: 2_500, patience_ms: 600, deadline_ms: 400 },
};

/** Wallets are locked at random while clients spend: a refusal must be final. */
export const refused: Experiment = {
  number: 12,
  name: "Refused is refused",
  invariant: "what was refused, or waited for too long, does not happen later",
  async run({ scale, seed, log }) {
    const load = loads[scale];
    const [sound, patient] = await Promise.all([spendUnderLocks(load, seed, false), spendUnderLocks(load, seed, true)]);
    log(`${sound.done} debits done, ${sound.refused} refused, ${sound.given_up} given up by their clients`);
    log(`${sound.reads} reads of another wallet, the slowest ${Math.round(sound.slowest_read_ms)} ms`);
    log(`control: the slowest read ${Math.round(patient.slowest_read_ms)} ms`);

    const summary = (missing: number, late: number, failed: number, problems: number) =>
      `${missing} acknowledged and missing, ${late} refused and done, ${failed} reads failed or slow, ${problems} problems`;
    const expected = summary(0, 0, 0, 0);
    const seen = summary(sound.missing, sound.late, sound.failed_reads, sound.problems);
    return [
      {
        what: `${sound.done + sound.refused + sound.given_up} debits, wallets locked for up to ${
          load.lock_ms / 1_000
        } s`,
        expected,
        seen,
        passed: seen === expected && sound.done > 0 && sound.refused + sound.given_up > 0,
      },
      {
        what: "control: no lock_timeout, and no deadline",
        expected: "some refused and done",
        seen: `${patient.late} refused and done`,
        passed: patient.late > 0,
      },
    ];
  },
};

/** How a debit ended for its client; `at_ms` is when. */
interface Debit {
  reference: string;
  outcome: "done" | "refused" | "given up";
  at_ms: number;
}

async function spendUnderLocks(load: Load, seed: number, is_control: boolean) {
  const random = seededRandom(seed);
  await using stack = await ownStack();
  await using sql = connectDatabase(stack, locker_count + 2);
  if (is_control) await removeTimeLimits(sql);
  const wallets = await Promise.all(Array.from({ length: wallet_count }, () => newWallet(sql, 1_000_000)));
  const reader = await signUp(stack);
  // Once before the clock runs: a first call is slow for reasons of its own.
  await Promise.all([
    ...wallets.map((wallet) =>
      debit(stack.url, { ...load, patience_ms: 10_000, deadline_ms: load.deadline_ms && 10_000 }, wallet, "first")
    ),
    readUntil(stack.url, reader, Date.now() + 1),
  ]);

  const end_ms = Date.now() + load.run_ms;
  const lockers = Array.from({ length: locker_count }, async (_, locker) => {
    // Some long ones, many short ones.
    const draw = () => random() ** 2 * load.lock_ms;
    for (let lock_ms = locker === 0 ? load.lock_ms : draw(); Date.now() < end_ms; lock_ms = draw()) {
      const wallet = wallets[Math.floor(random() * wallet_count)]!;
      const seconds = Math.min(lock_ms, end_ms - Date.now()) / 1_000;
      await sql.begin(async (transaction) => {
        await transaction`select from user_tokens where user_id = ${wallet} for update`;
        await transaction`select pg_sleep(${seconds})`;
      });
    }
  });
  const debits: Debit[] = [];
  const writers = Array.from({ length: load.writer_count }, async (_, writer) => {
    for (let number = 0; Date.now() < end_ms; number++) {
      const reference = `${writer} ${number}`;
      const outcome = await debit(stack.url, load, wallets[(writer + number) % wallet_count]!, reference);
      debits.push({ reference, outcome, at_ms: Date.now() });
    }
  });
  const reads = readUntil(stack.url, reader, end_ms);
  await Promise.all([...lockers, ...writers]);
  await untilIdle(sql);

  const entries = await sql`select reference, created_at from token_transactions where kind = 'deduct'`;
  const dated = new Map(
    entries.map(({ reference, created_at }) => [reference as string, created_at.getTime() as number]),
  );
  const of = (outcome: Debit["outcome"]) => debits.filter((debit) => debit.outcome === outcome);
  return {
    done: of("done").length,
    refused: of("refused").length,
    given_up: of("given up").length,
    missing: of("done").filter(({ reference }) => !dated.has(reference)).length,
    late: of("refused").filter(({ reference }) => dated.has(reference)).length +
      // One that was done in time, and whose answer came too late, was not refused.
      of("given up").filter(({ reference, at_ms }) => (dated.get(reference) ?? 0) > at_ms).length,
    problems: await countProblems(sql),
    ...await reads,
  };
}

/** Has every call wait for its wallet as long as it takes, and then run: what makes a refusal final is gone. */
async function removeTimeLimits(sql: Database) {
  await rewriteFunction(sql, "public.adjust_tokens", [["SET lock_timeout TO '2s'", "SET lock_timeout TO '0'"]]);
  await rewriteFunction(sql, "private.await_wallet", [[/perform set_config\('lock_timeout'.*?;/, "null;"]]);
  await rewriteFunction(sql, "private.deadline", [["return to_timestamp", "return null; return to_timestamp"]]);
}

async function debit(base_url: string, { patience_ms, deadline_ms }: Load, user_id: string, reference: string) {
  const [path, body, headers] = deadline_ms === null
    ? ["functions/v1/tokens/deduct", { user_id, amount: 1, reference }, {}]
    : [
      "rest/v1/rpc/adjust_tokens",
      { p_user_id: user_id, p_amount: -1, p_kind: "deduct", p_reference: reference },
      { "x-request-deadline": String(Date.now() + deadline_ms) },
    ];
  try {
    const response = await fetch(`${base_url}/${path}`, {
      method: "POST",
      headers: { apikey: secret_key, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patience_ms),
    });
    await response.body?.cancel();
    return response.ok ? "done" : "refused";
  } catch {
    return "given up";
  }
}

/** Somebody whose wallet nobody locks looks at it all the while. */
async function readUntil(base_url: string, { access_token }: SignedUp, end_ms: number) {
  let [reads, failed_reads, slowest_read_ms] = [0, 0, 0];
  while (Date.now() < end_ms) {
    const started_ms = performance.now();
    const response = await fetch(`${base_url}/functions/v1/tokens`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    await response.body?.cancel();
    const took_ms = performance.now() - started_ms;
    reads++;
    slowest_read_ms = Math.max(slowest_read_ms, took_ms);
    if (!response.ok || took_ms > reader_patience_ms) failed_reads++;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { reads, failed_reads, slowest_read_ms };
}

/** Until what still waited in the database has had its turn. */
async function untilIdle(sql: Database) {
  for (;;) {
    const [row] = await sql`
      select count(*)::integer as count from pg_stat_activity
      where state <> 'idle' and pid <> pg_backend_pid() and backend_type = 'client backend'
    `;
    if (row!.count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
