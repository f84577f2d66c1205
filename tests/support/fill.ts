/**
 * Databases as they are after years, made in seconds: wallets and entries by the million, with exact books. For
 * measurements and for plans. It goes past the functions and the triggers, so it is for a database of one's own.
 */
import type { TransactionSql } from "postgres";
import type { Database } from "./own_stack.ts";

/** How many holds a busy wallet has open. */
export const open_holds = 50;

/**
 * Makes a wallet, or fills an empty one, with `entries` entries of the last two years, and then `open_holds` open holds. Of a thousand entries
 * 100 begin a hold and 100 end one, one is a purchase, and the others are debits. The only adjustment, reversal,
 * chargeback and expiry are among the first twenty.
 */
export async function fillBusyWallet(sql: Database, user_id: string, entries: number): Promise<void> {
  const step_ms = Math.floor(730 * 86_400_000 / entries);
  const first_ms = Date.now() - (entries + open_holds) * step_ms;
  await fill(sql, async (sql) => {
    await sql`create temporary table filled on commit drop as select ${user_id}::uuid as user_id`;
    await sql`
      insert into token_transactions (
        id, user_id, amount, balance_after, held_after, kind, hold_id, reverses, purchase_id, reference, requested_by,
        idempotency_key, request_hash, created_at
      )
      select
        i, user_id, amount, sum(amount) over (order by i),
        case when i > ${entries} then 2 * (i - ${entries}) when kind = 'hold' then 2 else 0 end,
        kind,
        -- The entry that began the hold, and the purchase that is taken back, come right before.
        case when kind = 'hold' then pg_temp.uuid_of(ms, user_id)
          when kind in ('capture', 'release', 'expiry') then pg_temp.uuid_of(ms - ${step_ms}, user_id) end,
        case when kind = 'reversal' then 3 end,
        case when kind = 'purchase' then pg_temp.uuid_of(ms, user_id)
          when kind = 'chargeback' then pg_temp.uuid_of(ms - ${step_ms}, user_id) end,
        'work ' || i,
        case when kind in ('purchase', 'chargeback', 'expiry') then 'system' else 'user' end,
        case when kind = 'deduct' then 'key ' || i end,
        case when kind = 'deduct' then sha256('') end,
        to_timestamp(ms / 1000.0)
      from (
        select i, user_id, kind, ${first_ms}::bigint + i * ${step_ms}::bigint as ms,
          case kind
            when 'add' then 1500000000 when 'adjustment' then 100 when 'reversal' then 1 when 'purchase' then 100
            when 'chargeback' then -100 when 'hold' then -2 when 'capture' then 1 when 'release' then 2
            when 'expiry' then 2 else -1
          end as amount
        from (
          select i, user_id, case
            when i > ${entries} then 'hold'
            when i = 1 then 'add' when i = 2 then 'adjustment' when i = 4 then 'reversal' when i = 8 then 'chargeback'
            when i = 16 then 'expiry' when i % 1000 = 6 then 'release' when i % 1000 = 7 then 'purchase'
            when i % 10 = 5 then 'hold' when i % 10 = 6 then 'capture' else 'deduct'
          end as kind
          from filled cross join generate_series(1, ${entries + open_holds}::integer) as i
        ) as kinds
      ) as entries
    `;
    await sql`
      insert into token_holds (
        id, user_id, amount, captured_amount, status, placed_by, expires_at, created_at, settled_at
      )
      select
        began.hold_id, began.user_id, 2, case when ended.kind = 'capture' then 1 end,
        case ended.kind when 'capture' then 'captured' when 'release' then 'released' when 'expiry' then 'expired'
          else 'held' end,
        'user', coalesce(ended.created_at, now()) + interval '1 day', began.created_at, ended.created_at
      from token_transactions as began
      left join token_transactions as ended
        on ended.user_id = began.user_id and ended.id = began.id + 1 and ended.hold_id = began.hold_id
      where began.user_id = ${user_id} and began.kind = 'hold'
    `;
    await sql`
      insert into user_tokens (user_id, token, held, entries, updated_at)
      select user_id, balance_after, held_after, id, created_at from token_transactions
      where user_id = ${user_id} order by id desc limit 1
      on conflict (user_id) do update
      set token = excluded.token, held = excluded.held, entries = excluded.entries, updated_at = excluded.updated_at
    `;
  });
}

/**
 * Makes the quiet wallets `from` to `to`: an add and a debit each, a purchase in one of ten, a hold that was released in
 * another, and a notice in one of a hundred, of which one in ten is due.
 */
export async function fillWallets(sql: Database, from: number, to: number): Promise<void> {
  await fill(sql, async (sql) => {
    await sql`
      create temporary table filled on commit drop as
      select md5('wallet ' || n)::uuid as user_id, n, (extract(epoch from now()) * 1000)::bigint - 10 * n as ms
      from generate_series(${from}::integer, ${to}::integer) as n
    `;
    await sql`
      insert into token_transactions (
        id, user_id, amount, balance_after, held_after, kind, hold_id, purchase_id, reference, requested_by, created_at
      )
      select i, user_id, amount, balance_after, held_after, kind,
        case when kind in ('hold', 'release') then pg_temp.uuid_of(ms, user_id) end,
        case when kind = 'purchase' then pg_temp.uuid_of(ms, user_id) end, 'work',
        case when kind = 'purchase' then 'system' else 'server' end, to_timestamp((ms + i) / 1000.0)
      from filled
      join (values
        (1, 'add', 100, 100, 0, null), (2, 'deduct', -1, 99, 0, null), (3, 'purchase', 100, 199, 0, 0),
        (3, 'hold', -10, 89, 10, 5), (4, 'release', 10, 99, 0, 5)
      ) as entries (i, kind, amount, balance_after, held_after, remainder) on coalesce(remainder, n % 10) = n % 10
    `;
    await sql`
      insert into token_holds (id, user_id, amount, status, placed_by, expires_at, created_at, settled_at)
      select pg_temp.uuid_of(ms, user_id), user_id, 10, 'released', 'server', now() + interval '1 day',
        to_timestamp((ms + 3) / 1000.0), to_timestamp((ms + 4) / 1000.0)
      from filled where n % 10 = 5
    `;
    await sql`
      insert into user_tokens (user_id, token, entries, updated_at)
      select user_id, case n % 10 when 0 then 199 else 99 end, case n % 10 when 0 then 3 when 5 then 4 else 2 end,
        to_timestamp((ms + 4) / 1000.0)
      from filled
    `;
    await sql`
      insert into notices (user_id, transaction_id, type, data, delivered_at, next_attempt_at)
      select user_id, 2, 'balance.low', '{}',
        case when n % 1000 > 0 then now() end, case when n % 1000 = 0 then now() end
      from filled where n % 100 = 0
    `;
  });
}

/** Runs `insert` with the table `filled` of users to make, without triggers, and adds the accounts and purchases. */
async function fill(sql: Database, insert: (sql: TransactionSql) => Promise<void>): Promise<void> {
  await sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql.unsafe(`
      create or replace function pg_temp.uuid_of(ms bigint, user_id uuid) returns uuid language sql immutable
      return (
        lpad(to_hex(ms), 12, '0') || '7' || substr(md5(user_id::text), 1, 3) || '8' || substr(md5(user_id::text), 4, 15)
      )::uuid
    `);
    await insert(sql);
    await sql`insert into auth.users (id, email) select user_id, user_id || '@example.com' from filled
      on conflict (id) do nothing`;
    await sql`
      insert into purchases (
        id, user_id, pack_id, tokens, price_minor, currency, provider, livemode, status, payment_id, refunded_minor,
        granted, created_at, updated_at
      )
      select
        purchase_id, user_id, (select id from token_packs limit 1), 100, 500, 'eur', 'standard', false,
        case when sum(amount) = 0 then 'refunded' else 'paid' end, 'pay_' || purchase_id,
        case when sum(amount) = 0 then 500 else 0 end, sum(amount), min(created_at), max(created_at)
      from token_transactions
      where purchase_id is not null and user_id in (select user_id from filled)
      group by user_id, purchase_id
    `;
    await sql`
      insert into payment_events (
        provider, event_id, payment_id, purchase_id, fact, amount_minor, currency, livemode, occurred_at, payload
      )
      select provider, 'evt_' || id, payment_id, id, 'paid', 500, 'eur', false, created_at, '{}'
      from purchases where user_id in (select user_id from filled)
    `;
  });
  // What the planner knows, and which pages are all visible, as autovacuum brings about sooner or later.
  await sql`vacuum (analyze)`;
}
