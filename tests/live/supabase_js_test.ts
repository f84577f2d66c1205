// Goal: a stranger's client works as they expect. Method: supabase-js with nothing but the URL and the public key.
import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import type { Database } from "../../supabase/functions/_shared/database.ts";
import { asServer, publishable_key, stack } from "../support/stack.ts";

Deno.test("supabase-js signs up, invokes functions and reads its own rows", async () => {
  const client = createClient<Database>(stack.url, publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const email = `${crypto.randomUUID()}@example.com`;
  const { data: { user }, error } = await client.auth.signUp({ email, password: "correct horse battery" });
  assert.equal(error, null);
  await asServer("POST", "/tokens/add", { body: { user_id: user!.id, amount: 10 } });

  const spent = await client.functions.invoke("tokens/deduct", { body: { amount: 4 } });
  assert.equal(spent.error, null);
  assert.equal(spent.data.token, 6);

  const short = await client.functions.invoke("tokens/deduct", { body: { amount: 40 } });
  assert.equal(short.error.context.status, 402);
  assert.equal((await short.error.context.json()).token, 6);

  const rows = await client.from("user_tokens").select("token");
  assert.deepEqual(rows.data, [{ token: 6 }]);
  const forbidden = await client.from("user_tokens").update({ token: 1_000 }).eq("user_id", user!.id);
  assert.notEqual(forbidden.error, null);
  // Compiles because the types know that no column of the view is null.
  const balances: { token: number; held: number }[] | null =
    (await client.from("token_balances").select("token, held")).data;
  assert.deepEqual(balances, [{ token: 6, held: 0 }]);

  const profile = await client.functions.invoke("profile", { body: { profile_data: { name: "Ada" } } });
  assert.deepEqual(profile.data.profile_data, { name: "Ada" });
  const read = await client.functions.invoke("profile", { method: "GET" });
  assert.deepEqual(read.data.profile_data, { name: "Ada" });

  assert.equal((await client.auth.signOut()).error, null);
  const after = await client.functions.invoke("tokens/deduct", { body: { amount: 1 } });
  assert.equal(after.error.context.status, 401);
});
