-- What the local stack sells. `supabase start` and `deno task start` both run this; a deployed project
-- gets its packs from whoever runs it (README, "Sell tokens").
insert into public.token_packs (id, tokens, price_minor, currency)
values ('small', 100, 500, 'eur'), ('medium', 500, 2000, 'eur'), ('large', 2000, 6000, 'eur')
on conflict (id) do nothing;
