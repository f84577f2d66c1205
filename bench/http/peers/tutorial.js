// The debit as tutorials have it: a client for each request, then who is it, how much is there, write what is left.
import { createClient } from "@supabase/supabase-js";

export default {
  async fetch(request) {
    const supabase = createClient(
      Deno.env.get("SUPABASE_URL"),
      JSON.parse(Deno.env.get("SUPABASE_PUBLISHABLE_KEYS")).default,
      { global: { headers: { Authorization: request.headers.get("Authorization") } } },
    );
    const { data: { user } } = await supabase.auth.getUser(request.headers.get("Authorization").replace("Bearer ", ""));
    if (!user) return Response.json({ error: "unauthorized" }, { status: 401 });
    const { amount } = await request.json();
    const { data: wallet } = await supabase.from("user_tokens").select("token").eq("user_id", user.id).single();
    if (wallet.token < amount) return Response.json({ error: "insufficient tokens" }, { status: 402 });
    const { error } = await supabase.from("user_tokens").update({ token: wallet.token - amount }).eq("user_id", user.id);
    if (error) return Response.json({ error: error.message }, { status: 500 });
    return Response.json({ token: wallet.token - amount });
  },
};
