/** A mistake in one function of the database, made by replacing a piece of its text. */
interface PlantedBug {
  name: string;
  /** The function, as Postgres names it. */
  definition: string;
  from: string | RegExp;
  to: string;
}

const adjust_tokens = "public.adjust_tokens(uuid,integer,text,text,text,jsonb,uuid)";
const lock_wallet = "private.lock_wallet(uuid,uuid)";
const end_hold = "private.end_hold(public.token_holds,text,integer,text,bytea)";
const post_entry =
  "private.post_entry(uuid,text,integer,integer,uuid,bigint,text,jsonb,text,bytea,timestamp with time zone,uuid,integer)";

/** Ten ways to get a wallet wrong, all of which have happened to somebody. */
export const planted_bugs: PlantedBug[] = [
  { name: "the wallet is read without a lock", definition: lock_wallet, from: /for update/g, to: "" },
  {
    name: "the balance is not checked",
    definition: adjust_tokens,
    from: "perform private.require_balance(wallet, p_amount);",
    to: "",
  },
  {
    name: "the last token cannot be spent",
    definition: "private.require_balance(public.user_tokens,integer)",
    from: "p_amount < 0",
    to: "p_amount <= 0",
  },
  {
    name: "a key is taken for another request's",
    definition: "private.find_entry(uuid,text,bytea)",
    from: "entry.request_hash <> p_request_hash",
    to: "false",
  },
  {
    name: "the key is not written down",
    definition: post_entry,
    from: /p_idempotency_key,\s+case when p_idempotency_key is not null then p_request_hash end/,
    to: "null, null",
  },
  {
    name: "the entry carries the balance from before",
    definition: post_entry,
    from: "p_kind, p_amount, wallet.token,",
    to: "p_kind, p_amount, greatest(wallet.token - p_amount, 0),",
  },
  {
    name: "what a capture left over does not come back",
    definition: end_hold,
    from: "p_hold.amount - coalesce(p_captured_amount, 0)",
    to: "case p_status when 'captured' then 0 else p_hold.amount end",
  },
  {
    name: "only what was captured stops being held",
    definition: end_hold,
    from: "-p_hold.amount,",
    to: "-coalesce(p_captured_amount, p_hold.amount),",
  },
  {
    name: "a hold that ran out can still be captured",
    definition: lock_wallet,
    from: "wallet.held > 0 and",
    to: "false and",
  },
  {
    name: "a reversal takes more than is left",
    definition: "public.reverse_transaction(uuid,bigint,jsonb,boolean,text)",
    from: "greatest(reversed, -wallet.token)",
    to: "least(reversed, -wallet.token)",
  },
];
