CREATE OR REPLACE FUNCTION public.support_purchases (
  p_staff_id   uuid,
  p_session_id uuid,
  p_user_id    uuid,
  p_limit      integer,
  p_before     timestamp with time zone DEFAULT NULL::timestamp WITH time zone,
  p_before_id  uuid                     DEFAULT NULL::uuid
)
  RETURNS TABLE (
    id             uuid,
    pack_id        text,
    tokens         integer,
    price_minor    integer,
    currency       text,
    provider       text,
    livemode       boolean,
    payment_id     text,
    status         text,
    refunded_minor integer,
    granted        integer,
    created_at     timestamp with time zone,
    updated_at     timestamp with time zone,
    events         jsonb
  )
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '2s'
  AS $function$
begin
  perform private.look_at(p_staff_id, p_session_id, p_user_id, 'purchases');
  return query
    select
      p.id, p.pack_id, p.tokens, p.price_minor, p.currency, p.provider, p.livemode, p.payment_id, p.status,
      p.refunded_minor, p.granted, p.created_at, p.updated_at,
      private.events_of(p.provider, p.payment_id, p.id)
    from public.purchases as p
    where p.user_id = p_user_id
      and (
        p_before is null or p.created_at < p_before or (p.created_at = p_before and p.id > p_before_id)
      )
    order by p.created_at desc, p.id limit p_limit;
end;
$function$;

GRANT EXECUTE ON FUNCTION "public"."support_purchases"(uuid, uuid, uuid, integer, timestamp WITH time zone, uuid) TO "service_role";

COMMENT ON FUNCTION "public"."support_purchases"(uuid, uuid, uuid, integer, timestamp with time zone, uuid) IS 'Purchases of a person, newest first, each with what the provider said of it, for a member of staff. Refusals as private.look_at has them.';

REVOKE ALL ON FUNCTION "public"."support_purchases"(uuid, uuid, uuid, integer, timestamp WITH time zone, uuid) FROM "postgres";

GRANT EXECUTE ON FUNCTION "public"."support_purchases"(uuid, uuid, uuid, integer, timestamp WITH time zone, uuid) TO "postgres";

REVOKE ALL ON FUNCTION "public"."support_purchases"(uuid, uuid, uuid, integer, timestamp WITH time zone, uuid) FROM PUBLIC, "anon", "authenticated";
