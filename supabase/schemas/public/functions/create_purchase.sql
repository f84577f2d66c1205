CREATE OR REPLACE FUNCTION public.create_purchase (
  p_user_id         uuid,
  p_pack_id         text,
  p_provider        text,
  p_livemode        boolean,
  p_idempotency_key text    DEFAULT NULL::text,
  p_session_id      uuid    DEFAULT NULL::uuid
)
  RETURNS TABLE (
    id              uuid,
    tokens          integer,
    price_minor     integer,
    currency        text,
    stripe_price_id text,
    replayed        boolean
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
declare
  max_pending constant integer := 20;
  purchase public.purchases;
begin
  -- The wallet's lock has the purchases of one user begin one after the other.
  perform private.prepare_wallet(p_user_id, p_session_id);

  select * into purchase from public.purchases as p
  where p.user_id = p_user_id and p.idempotency_key = p_idempotency_key;
  replayed := found;
  if replayed then
    if (purchase.pack_id, purchase.provider, purchase.livemode)
      is distinct from (p_pack_id, p_provider, p_livemode)
    then
      raise sqlstate 'PT422' using message = 'idempotency_key_reused';
    end if;
    if purchase.status <> 'pending' then
      raise sqlstate 'PT409' using message = 'purchase_ended';
    end if;
  else
    -- Checkout pages live for a day. A payment that arrives later all the same still counts.
    update public.purchases as p set status = 'failed'
    where p.user_id = p_user_id and p.status = 'pending' and p.created_at < now() - interval '1 day';
    if max_pending <= (
      select count(*) from public.purchases as p where p.user_id = p_user_id and p.status = 'pending'
    ) then
      raise sqlstate 'PT409' using message = 'purchase_limit';
    end if;
    insert into public.purchases (
      user_id, pack_id, tokens, price_minor, currency, provider, livemode, idempotency_key
    )
    select p_user_id, pack.id, pack.tokens, pack.price_minor, pack.currency, p_provider, p_livemode, p_idempotency_key
    from public.token_packs as pack
    where pack.id = p_pack_id and pack.active and (p_provider <> 'stripe' or pack.stripe_price_id is not null)
    returning * into purchase;
    if not found then
      raise sqlstate 'PT404' using message = 'pack_not_found';
    end if;
  end if;
  return query select
    purchase.id, purchase.tokens, purchase.price_minor, purchase.currency, pack.stripe_price_id, replayed
    from public.token_packs as pack where pack.id = p_pack_id;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."create_purchase"(uuid, text, text, boolean, text, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."create_purchase"(uuid, text, text, boolean, text, uuid) IS 'Records a pending purchase of a pack at its price of now, in minor units, for a checkout that is about to begin. A known key answers with its purchase while that is pending. PT404 pack_not_found, PT409 purchase_limit (20 are pending; those older than a day end), PT409 purchase_ended, PT422 idempotency_key_reused, PT401 session_ended, PT404 user_not_found, PT503 request_expired; 55P03 where the wallet stays locked.';

REVOKE ALL ON FUNCTION "public"."create_purchase"(uuid, text, text, boolean, text, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."create_purchase"(uuid, text, text, boolean, text, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."create_purchase"(uuid, text, text, boolean, text, uuid) FROM PUBLIC, "anon", "authenticated";
