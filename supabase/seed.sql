-- What the local stack sells. `supabase start` and `npx -y deno@2.9.6 task start` both run this; a deployed project
-- gets its packs from whoever runs it (docs/deploy.md, “Sell tokens with Stripe”).
insert into public.token_packs (id, tokens, price_minor, currency)
values ('small', 100, 500, 'eur'), ('medium', 500, 2000, 'eur'), ('large', 2000, 6000, 'eur')
on conflict (id) do nothing;
