/** The scripts that pgbench runs: ways to take one token from a wallet and to write it down. */

export const wallets = 10_000;

/** Which wallets a script works on: any of all, or one that all want. */
export type Spot = "uniform" | "hot";

/** A wallet's id as the benchmark makes them, from its number. */
export const wallet_id = (number: string) => `lpad((${number})::text, 32, '0')::uuid`;
/** The id of the session of a wallet's owner. */
export const session_id = (number: string) => `lpad((${number})::text, 32, 'f')::uuid`;

const pick = (spot: Spot) => `\\set n ${spot === "hot" ? "0" : `random(1, ${wallets - 1})`}\n`;
const id = wallet_id(":n");
const key = "gen_random_uuid()::text";

const ledger_columns = "user_id, id, kind, amount, balance_after, held_after, debt_after, requested_by, created_at";

/** The function, as PostgREST calls it. */
export const ours = (spot: Spot) => `${pick(spot)}select * from public.adjust_tokens(${id}, -1, 'deduct');`;

export const ours_with_key = (spot: Spot) =>
  `${pick(spot)}select * from public.adjust_tokens(${id}, -1, 'deduct', ${key});`;

/** The function as a user calls it, whose session is looked at. */
export const ours_of_user = (spot: Spot) =>
  `${pick(spot)}
  select * from public.adjust_tokens(${id}, -1, 'deduct', p_session_id => ${session_id(":n")});`;

/** The shortest statement that does the sums: no key, no session, no deadline, no hold, no debt, no notice. */
export const shortest = (spot: Spot) =>
  `${pick(spot)}
  with changed as (
    update public.user_tokens set token = token - 1, entries = entries + 1, updated_at = clock_timestamp()
    where user_id = ${id} and token >= 1
    returning user_id, entries, token, held, debt, updated_at
  )
  insert into public.token_transactions (${ledger_columns})
  select user_id, entries, 'deduct', -1, token, held, debt, 'server', updated_at from changed
  returning id, balance_after, held_after, debt_after, created_at;`;

/** The same with a key, which its constraint refuses the second time. */
export const shortest_with_key = (spot: Spot) =>
  shortest(spot)
    .replace(`(${ledger_columns})`, `(${ledger_columns}, idempotency_key, request_hash)`)
    .replace("updated_at from changed", `updated_at, ${key}, sha256(convert_to(user_id::text, 'UTF8')) from changed`);

/** A balance without a ledger. */
export const update_only = (spot: Spot) =>
  `${pick(spot)}
  update public.user_tokens set token = token - 1, entries = entries + 1, updated_at = clock_timestamp()
  where user_id = ${id} and token >= 1
  returning token;`;

/** What a careful program does without a function: it locks, looks, changes and writes, in five round trips. */
export const round_trips = (spot: Spot) =>
  `${pick(spot)}begin;
  select token, entries from public.user_tokens where user_id = ${id} for update \\gset
  \\if :token >= 1
  update public.user_tokens set token = token - 1, entries = entries + 1, updated_at = clock_timestamp()
  where user_id = ${id};
  insert into public.token_transactions (${ledger_columns})
  values (${id}, :entries::bigint + 1, 'deduct', -1, :token::integer - 1, 0, 0, 'server', clock_timestamp());
  \\endif
commit;`;

/** What the old service did: it reads the balance, and writes what it makes of it. */
export const read_modify_write = (spot: Spot) =>
  `${pick(spot)}
  select token from public.user_tokens where user_id = ${id} \\gset
  update public.user_tokens set token = :token::integer - 1 where user_id = ${id};`;

/** Two effects: a token is set aside, and then spent. */
export const hold_and_capture = (spot: Spot) =>
  `${pick(spot)}
  select id as hold from public.hold_tokens(${id}, 1, 600) \\gset
  select * from public.settle_hold(${id}, :hold::uuid, 'captured');`;
