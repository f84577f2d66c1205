import { join } from "node:path";
import { publishable_key, type Stack } from "../../local/stack.ts";
import { connectDatabase, type Database, ownStack } from "../support/own_stack.ts";
import type { Experiment } from "./experiment.ts";
import { signUp } from "../support/wallets.ts";

const actors = ["anonymous", "user", "other user"] as const;
type Actor = typeof actors[number];

/** Who gets through to the rows of a user: table or function, operation, and for whom it opened. */
type Doors = Record<string, Record<string, Actor[]>>;

const doors_file = join(import.meta.dirname!, "doors.json");

/** Every table and function of the exposed schema, by trying each of its doors as everybody. */
export const doors: Experiment = {
  number: 8,
  name: "The door matrix",
  invariant: "the API opens what doors.json lists, and nothing else",
  async run({ log }) {
    const listed: Doors = JSON.parse(await Deno.readTextFile(doors_file));
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, 2);

    const found = await tryDoors(stack, sql);
    const differences = compare(listed, found);
    differences.forEach(log);
    const tried = Object.values(found).reduce((sum, operations) => sum + Object.keys(operations).length, 0);

    // The mistake of the service that this one replaces.
    await sql`grant update (token) on user_tokens to authenticated`;
    await sql`create policy "users update their own balance" on user_tokens
      for update to authenticated using ((select auth.uid()) = user_id)`;
    const planted = compare(listed, await tryDoors(stack, sql));
    return [
      {
        what: `${tried * actors.length} doors`,
        expected: "0 differences",
        seen: `${differences.length} differences`,
        passed: differences.length === 0,
      },
      {
        what: "control: users may update their own balance",
        expected: "found",
        seen: planted.join(", ") || "not found",
        passed: planted.length === 1 && planted[0]!.startsWith("user_tokens update"),
      },
    ];
  },
};

/** A line for each door that opened for others than listed, or that only one side knows. */
function compare(listed: Doors, found: Doors): string[] {
  const lines = (doors: Doors) =>
    new Map(
      Object.entries(doors).flatMap(([name, operations]) =>
        Object.entries(operations).map(([operation, who]) => [`${name} ${operation}`, who.join(", ") || "nobody"])
      ),
    );
  const [expected, seen] = [lines(listed), lines(found)];
  return [...new Set([...expected.keys(), ...seen.keys()])]
    .filter((door) => expected.get(door) !== seen.get(door))
    .map((door) => `${door}: ${seen.get(door) ?? "gone"}, listed ${expected.get(door) ?? "nowhere"}`);
}

/** What a row needs to be accepted, and what a call needs to work, if only the caller were allowed. */
function trials(user_id: string, hold_id: string) {
  const now = new Date().toISOString();
  const rows: Record<string, Record<string, unknown>> = {
    profiles: { user_id, profile_data: {} },
    user_tokens: { user_id },
    token_transactions: { user_id, kind: "add", amount: 1, balance_after: 1, held_after: 0, created_at: now },
    token_holds: { user_id, amount: 1, expires_at: now, created_at: now },
    token_balances: { user_id, token: 1, held: 0 },
    token_packs: { id: crypto.randomUUID(), tokens: 1, price_minor: 1, currency: "eur" },
    purchases: {
      ...{ user_id, pack_id: "small", tokens: 1, price_minor: 1, currency: "eur" },
      ...{ provider: "standard", livemode: false },
    },
    payment_events: {
      ...{ provider: "standard", event_id: crypto.randomUUID(), fact: "other" },
      ...{ livemode: false, occurred_at: now, payload: {} },
    },
    payment_reconciliations: { provider: "stripe", livemode: false, since: now, until: now },
    payment_findings: {
      ...{ reconciliation_id: crypto.randomUUID(), kind: "amount_differs", payment_id: "p" },
      ...{ here: "1 eur", there: "2 eur" },
    },
    payment_reconciliation_reports: { provider: "stripe", livemode: false, since: now, until: now },
    low_balance_thresholds: { user_id, threshold: 1 },
    notices: { user_id, transaction_id: 1, type: "balance.low", data: {} },
    token_hold_states: { id: crypto.randomUUID(), user_id, amount: 1, expires_at: now, created_at: now },
  };
  const calls: Record<string, Record<string, unknown>> = {
    adjust_tokens: { p_user_id: user_id, p_amount: 1, p_kind: "add" },
    advance_reconciliation: {
      ...{ p_id: crypto.randomUUID(), p_stage: "events", p_cursor: null },
      ...{ p_next_stage: "payments", p_next_cursor: null, p_seen: 0 },
    },
    abandon_purchase: { p_purchase_id: crypto.randomUUID() },
    apply_payment_event: {
      ...{ p_provider: "standard", p_event_id: crypto.randomUUID(), p_fact: "other" },
      ...{ p_livemode: false, p_occurred_at: now, p_payload: {} },
    },
    balance_at: { p_user_id: user_id, p_time: now },
    claim_notices: { p_limit: 1 },
    create_purchase: { p_user_id: user_id, p_pack_id: "small", p_provider: "standard", p_livemode: false },
    hold_tokens: { p_user_id: user_id, p_amount: 1 },
    open_reconciliation: { p_provider: "standard", p_livemode: false },
    open_wallet: { p_user_id: user_id },
    retry_payment_event: { p_provider: "standard" },
    reverse_transaction: { p_user_id: user_id, p_transaction_id: 1, p_metadata: {} },
    set_low_balance_threshold: { p_user_id: user_id, p_threshold: 1 },
    settle_hold: { p_user_id: user_id, p_hold_id: hold_id, p_status: "released" },
    settle_notice: { p_id: crypto.randomUUID() },
  };
  return { rows, calls };
}

async function tryDoors(stack: Stack, sql: Database): Promise<Doors> {
  const [owner, other] = [await signUp(stack), await signUp(stack)];
  const bearers: Record<Actor, string | undefined> = {
    anonymous: undefined,
    user: owner.access_token,
    "other user": other.access_token,
  };
  const request = async (actor: Actor, method: string, path: string, body?: unknown) => {
    const bearer = bearers[actor];
    const response = await fetch(`${stack.url}/rest/v1/${path}`, {
      method,
      headers: {
        apikey: publishable_key,
        "content-type": "application/json",
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { ok: response.ok, body: response.ok ? await response.json().catch(() => null) : await response.text() };
  };

  const relations = (await sql`
    select relname, relkind from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'p', 'f') order by relname
  `) as unknown as { relname: string; relkind: string }[];
  const tables = relations.filter(({ relkind }) => relkind === "r").map(({ relname }) => relname);
  const functions = (await sql`
    select distinct proname from pg_proc where pronamespace = 'public'::regnamespace order by proname
  `).map(({ proname }) => proname as string);

  const prepare = async () => {
    await sql`insert into profiles (user_id, profile_data) values (${owner.id}, '{}') on conflict do nothing`;
    await sql`select open_wallet(${owner.id}), adjust_tokens(${owner.id}, 5, 'add')`;
    await sql`select create_purchase(${owner.id}, 'small', 'standard', false)`;
    await sql`select apply_payment_event('standard', ${crypto.randomUUID()}, 'other', false, now(), '{}')`;
    // Each of these leaves a row of its table.
    await sql`select open_reconciliation('standard', false), set_low_balance_threshold(${owner.id}, 4)`;
    await sql`
      insert into payment_findings (reconciliation_id, kind, payment_id, here, there)
      select id, 'amount_differs', gen_random_uuid(), '1 eur', '2 eur' from payment_reconciliations
    `;
    await sql`select adjust_tokens(${owner.id}, -1, 'deduct') from user_tokens where user_id = ${owner.id} and token = 5`;
    const [hold] = await sql`select id from hold_tokens(${owner.id}, 1)`;
    return hold!.id as string;
  };
  // Any row of the owner, or of nobody, that came, went or changed, in any table: whichever door it came through.
  const state = async () => {
    const states = await Promise.all(
      tables.map((table) =>
        sql`
          select t.xmin::text, t.ctid::text from ${sql(table)} as t
          where coalesce(to_jsonb(t) ->> 'user_id', ${owner.id}) = ${owner.id} order by t.ctid
        `
      ),
    );
    return JSON.stringify(states);
  };
  const { rows, calls } = trials(owner.id, await prepare());
  const whoWrites = async (attempt: (actor: Actor) => Promise<unknown>, before: () => Promise<unknown>) => {
    const who: Actor[] = [];
    for (const actor of actors) {
      await before();
      const untouched = await state();
      await attempt(actor);
      if (await state() !== untouched) who.push(actor);
    }
    return who;
  };

  const found: Doors = {};
  for (const { relname } of relations) {
    const row = rows[relname];
    if (row === undefined) throw new Error(`doors.ts does not know how to try ${relname}`);
    await prepare();
    const [example] = await sql`
      select to_jsonb(r) as row from ${sql(relname)} as r
      where coalesce(to_jsonb(r) ->> 'user_id', ${owner.id}) = ${owner.id} limit 1
    `;
    const of_owner = "user_id" in example!.row
      ? `${relname}?user_id=eq.${owner.id}`
      : `${relname}?${Object.keys(row)[0]}=not.is.null`;
    const reads = await Promise.all(actors.map(async (actor) => {
      const { ok, body } = await request(actor, "GET", of_owner);
      return ok && body.length > 0 ? [actor] : [];
    }));
    found[relname] = {
      read: reads.flat(),
      insert: await whoWrites((actor) => request(actor, "POST", relname, row), async () => {
        await sql`delete from profiles where user_id = ${owner.id}`;
        await sql`delete from user_tokens where user_id = ${owner.id}`;
      }),
      // Column by column: one that may be written is a door.
      update: await whoWrites(async (actor) => {
        for (const [column, value] of Object.entries(example!.row)) {
          await request(actor, "PATCH", of_owner, { [column]: value });
        }
      }, prepare),
      delete: await whoWrites((actor) => request(actor, "DELETE", of_owner), prepare),
      truncate: await whoTruncates(sql, relname),
    };
  }
  for (const name of functions) {
    const call = calls[name];
    if (call === undefined) throw new Error(`doors.ts does not know how to call ${name}`);
    const answers = await Promise.all(actors.map(async (actor) => {
      const { ok } = await request(actor, "POST", `rpc/${name}`, call);
      return ok ? [actor] : [];
    }));
    found[name] = { execute: answers.flat() };
  }
  return found;
}

/** Truncating is no part of the REST API: asked of the role that it acts as. */
async function whoTruncates(sql: Database, table: string): Promise<Actor[]> {
  const who: Actor[] = [];
  for (const actor of actors) {
    const refused = await sql.begin(async (transaction) => {
      await transaction.unsafe(`set local role ${actor === "anonymous" ? "anon" : "authenticated"}`);
      await transaction`truncate ${transaction(table)}`;
      throw new Error("it went through: roll back");
    }).catch((error) => !error.message.startsWith("it went through"));
    if (!refused) who.push(actor);
  }
  return who;
}
