/** A mistake in one function of the database, made by replacing a piece of its text. */
interface PlantedBug {
  name: string;
  function: string;
  from: string | RegExp;
  to: string;
}

/** Ways to get a wallet wrong, most of which have happened to somebody. */
export const planted_bugs: PlantedBug[] = [
  {
    name: "the wallet is read without a lock",
    function: "private.prepare_wallet",
    from: "for update skip locked",
    to: "",
  },
  {
    name: "the balance is not checked",
    function: "private.adjust_carefully",
    from: "perform private.require_balance(wallet, p_amount);",
    to: "",
  },
  {
    name: "the last token cannot be spent",
    function: "private.require_balance",
    from: "p_amount < 0",
    to: "p_amount <= 0",
  },
  {
    name: "a key is taken for another request's",
    function: "private.find_entry",
    from: "known.request_hash <> p_entry.request_hash",
    to: "false",
  },
  {
    name: "a usual wallet is changed again for a key that was used",
    function: "public.adjust_tokens",
    from: "not private.key_is_used(p_user_id, p_idempotency_key, p_session_id)",
    to: "true",
  },
  {
    name: "a usual change does not write its key down",
    function: "public.adjust_tokens",
    from: "p_idempotency_key, hash, changed.updated_at",
    to: "null, null, changed.updated_at",
  },
  {
    name: "what is held does not make a wallet unusual",
    function: "public.adjust_tokens",
    from: "w.held = 0 and",
    to: "",
  },
  {
    name: "a debt does not make a wallet unusual",
    function: "public.adjust_tokens",
    from: "w.debt = 0 and",
    to: "",
  },
  {
    name: "users and servers share their keys",
    function: "private.find_entry",
    from: "and requested_by = p_entry.requested_by",
    to: "",
  },
  {
    name: "the key is not written down",
    function: "private.post_entry",
    from: "entry.idempotency_key, entry.request_hash, changed.updated_at",
    to: "null, null, changed.updated_at",
  },
  {
    name: "the entry carries the balance from before",
    function: "private.post_entry",
    from: "entry.kind, entry.amount, changed.token,",
    to: "entry.kind, entry.amount, greatest(changed.token - entry.amount, 0),",
  },
  {
    name: "what a release brings back does not pay the debt",
    function: "private.post_entry",
    from: "-least(p_wallet.debt, greatest(entry.amount, 0))",
    to: "case when entry.kind = 'release' then 0 else -least(p_wallet.debt, greatest(entry.amount, 0)) end",
  },
  {
    name: "what an expiry brings back does not pay the debt",
    function: "private.expire_holds",
    from: "least(sum(hold.amount) over in_order, wallet.debt) as paid",
    to: "0 as paid",
  },
  {
    name: "what a capture left over does not come back",
    function: "private.end_hold",
    from: "p_hold.amount - coalesce(p_hold.captured_amount, 0)",
    to: "case p_hold.status when 'captured' then 0 else p_hold.amount end",
  },
  {
    name: "only what was captured stops being held",
    function: "private.end_hold",
    from: "entry, -p_hold.amount",
    to: "entry, -coalesce(p_hold.captured_amount, p_hold.amount)",
  },
  {
    name: "a hold that ran out can still be captured",
    function: "private.prepare_wallet",
    from: "wallet.held > 0",
    to: "false",
  },
  {
    name: "an expiry is not entered before a debit",
    function: "private.adjust_carefully",
    from: "wallet := private.prepare_wallet(p_user_id, p_session_id);",
    to: "select * into wallet from public.user_tokens where user_id = p_user_id for update;",
  },
  {
    name: "a user ends a server's hold",
    function: "public.settle_hold",
    from: "hold.placed_by = 'server'",
    to: "false",
  },
  {
    name: "a reversal takes more than is left",
    function: "private.reverse_entry",
    from: "least(credited, p_wallet.token)",
    to: "credited",
  },
  {
    name: "a refund forgets what it could not take",
    function: "private.change_grant",
    from: "entry.debt_change := entry.amount - change;",
    to: "entry.debt_change := 0;",
  },
  {
    name: "a refund that failed stays taken",
    function: "private.apply_payment_facts",
    from: "when bool_or(fact = 'refund_failed') then 0",
    to: "when false then 0",
  },
];
