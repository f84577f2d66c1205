// The debit with Supabase's own helper for functions, as its documentation shows it.
import { withSupabase } from "@supabase/server/adapters/hono";
import { Hono } from "hono";

const app = new Hono();

app.post("/tokens/deduct", withSupabase({ auth: "user" }), async (c) => {
  const { supabaseAdmin, userClaims } = c.var.supabaseContext;
  const { amount } = await c.req.json();
  const { data, error } = await supabaseAdmin
    .rpc("adjust_tokens", { p_user_id: userClaims.id, p_amount: -amount, p_kind: "deduct" }).single();
  if (error) return c.json({ error: error.message }, 500);
  return c.json(data);
});

export default app;
