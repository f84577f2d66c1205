CREATE OR REPLACE FUNCTION private.answer_of_entry (
  p_entry public.token_transactions
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
RETURN
  jsonb_build_object('transaction_id', (p_entry).id, 'amount', (p_entry).amount, 'token', (p_entry).balance_after, 'held', (p_entry).held_after, 'debt', (p_entry).debt_after,
  'updated_at', (p_entry).created_at);

COMMENT ON FUNCTION "private"."answer_of_entry"(public.token_transactions) IS 'What an action that made an entry is answered with.';

REVOKE ALL ON FUNCTION "private"."answer_of_entry"(public.token_transactions) FROM PUBLIC;

REVOKE ALL ON FUNCTION "private"."answer_of_entry"(public.token_transactions) FROM "postgres";

GRANT EXECUTE ON FUNCTION "private"."answer_of_entry"(public.token_transactions) TO "postgres";
