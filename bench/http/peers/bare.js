// The limit: a Hono app whose handlers make the one call that has to be made, and nothing else.
import { Hono } from "hono";

const upstream = Deno.env.get("SUPABASE_URL");
const apikey = JSON.parse(Deno.env.get("SUPABASE_SECRET_KEYS")).default;
const app = new Hono();

app.get("/tokens/health", (c) => c.json({ status: "ok" }));

app.get("/tokens", async (c) => {
  const response = await fetch(`${upstream}/rest/v1/token_balances?select=token,held,debt,updated_at`, {
    headers: { apikey },
  });
  const [balance] = await response.json();
  return c.json(balance);
});

app.post("/tokens/deduct", async (c) => {
  const { amount } = await c.req.json();
  const response = await fetch(`${upstream}/rest/v1/rpc/adjust_tokens`, {
    method: "POST",
    headers: { apikey, "content-type": "application/json" },
    body: JSON.stringify({ p_amount: -amount, p_kind: "deduct" }),
  });
  const [adjustment] = await response.json();
  return c.json(adjustment);
});

export default app;
