// Goal: nothing is open that a migration did not open. Method: the catalogue, then every door by hand.
import assert from "node:assert/strict";
import type postgres from "postgres";
import { api_roles, listedGrants } from "../proofs/listed_doors.ts";
import { connectDatabase, ownStack } from "../support/own_stack.ts";
import { asAnonymous, asServer, newUser, sql } from "../support/stack.ts";

const money_tables = ["user_tokens", "token_transactions", "token_holds", "purchases"];

/** Who may do what, as the catalogue has it: the whole list, so that anything new shows up. */
async function readGrants(database: postgres.Sql): Promise<string[]> {
  const rows = await database`
    select grantee.rolname || ' ' || lower(acl.privilege_type) || ' ' || c.relname as line
    from pg_class as c, aclexplode(c.relacl) as acl, pg_roles as grantee
    where c.relnamespace = 'public'::regnamespace and grantee.oid = acl.grantee and grantee.rolname = any(${api_roles})
    union all
    select grantee.rolname || ' ' || lower(acl.privilege_type) || ' ' || c.relname || '.' || a.attname
    from pg_class as c join pg_attribute as a on a.attrelid = c.oid, aclexplode(a.attacl) as acl, pg_roles as grantee
    where c.relnamespace = 'public'::regnamespace and grantee.oid = acl.grantee and grantee.rolname = any(${api_roles})
    union all
    select role || ' execute ' || p.proname
    from pg_proc as p, unnest(${api_roles}::text[]) as role
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and has_function_privilege(role, p.oid, 'execute')
  `;
  return rows.map(({ line }) => line).sort();
}

Deno.test("the catalogue grants what doors.json says, and nothing else", async () => {
  assert.deepEqual(await readGrants(sql), listedGrants());
});

Deno.test("the grants are the same where the project exposes new tables by default", async () => {
  await using exposing = await ownStack({ expose_new_tables: true });
  await using database = connectDatabase(exposing, 1);
  assert.deepEqual(await readGrants(database), listedGrants());
});

Deno.test("a table or function that a later migration makes is shut until it is opened", async () => {
  await sql.begin(async (transaction) => {
    await transaction`create table public.later (id integer)`;
    await transaction`create function public.later() returns integer language sql return 1`;
    for (const role of api_roles) {
      const [may] = await transaction`
        select has_table_privilege(${role}, 'public.later', 'select, insert, update, delete, truncate') as table,
          has_function_privilege(${role}, 'public.later()', 'execute') as function
      `;
      assert.deepEqual({ ...may }, { table: false, function: false }, role);
    }
    throw new Error("roll back");
  }).catch((error) => assert.equal(error.message, "roll back"));
});

Deno.test("every table has row level security, and every view reads with the rights of its reader", async () => {
  const open_tables = await sql`
    select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity
  `;
  assert.deepEqual([...open_tables], []);
  const open_views = await sql`
    select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v'
      and not coalesce(reloptions @> '{security_invoker=true}', false)
  `;
  assert.deepEqual([...open_views], []);
});

Deno.test("every function pins its search path, and everything in the schema is explained", async () => {
  const loose = await sql`
    select proname from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and not coalesce('search_path=""' = any(proconfig), false)
  `;
  assert.deepEqual([...loose], []);
  const mute = await sql`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') and obj_description(oid, 'pg_class') is null
    union all
    select proname from pg_proc
    where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and obj_description(oid, 'pg_proc') is null
  `;
  assert.deepEqual([...mute], []);
});

Deno.test("through REST, neither anonymous nor a user writes a money table", async () => {
  const user = await newUser({ token: 10 });
  await user.call("POST", "/tokens/holds", { body: { amount: 1 } });
  await user.call("POST", "/payments/checkout", { body: { pack_id: "small" } });
  const snapshot = async () =>
    JSON.stringify(
      await Promise.all(money_tables.map((table) => sql`select * from ${sql(table)} where user_id = ${user.id}`)),
    );
  const before = await snapshot();
  const { length: row_count } = await sql`select from user_tokens`;
  for (const caller of [user.call, asAnonymous]) {
    for (const table of money_tables) {
      for (
        const [method, path, body] of [
          ["PATCH", `/rest/v1/${table}?user_id=eq.${user.id}`, { user_id: user.id, token: 1_000_000, amount: 5 }],
          ["POST", `/rest/v1/${table}`, { user_id: user.id, token: 1_000_000, amount: 5, kind: "add" }],
          ["DELETE", `/rest/v1/${table}?user_id=eq.${user.id}`, undefined],
        ] as const
      ) {
        const { status } = await caller(method, path, { body });
        assert.ok(status >= 400, `${method} ${path} answered ${status}`);
      }
    }
  }
  assert.equal(await snapshot(), before);
  assert.equal((await sql`select from user_tokens`).length, row_count);
});

Deno.test("through REST, neither anonymous nor a user runs a function that moves money", async () => {
  const user = await newUser({ token: 10 });
  const arguments_of: Record<string, unknown> = {
    adjust_tokens: { p_user_id: user.id, p_amount: 5, p_kind: "add" },
    hold_tokens: { p_user_id: user.id, p_amount: 1, p_ttl_seconds: 60 },
    settle_hold: { p_user_id: user.id, p_hold_id: crypto.randomUUID(), p_status: "released" },
    open_wallet: { p_user_id: user.id },
    reverse_transaction: { p_user_id: user.id, p_transaction_id: 1, p_metadata: {} },
  };
  for (const [name, body] of Object.entries(arguments_of)) {
    for (const caller of [user.call, asAnonymous]) {
      const { status } = await caller("POST", `/rest/v1/rpc/${name}`, { body });
      assert.ok(status >= 400, `${name} answered ${status}`);
    }
  }
  assert.equal((await user.call("GET", "/tokens")).body.token, 10);
  const trusted = await asServer("POST", "/rest/v1/rpc/adjust_tokens", { body: arguments_of.adjust_tokens });
  assert.equal(trusted.status, 200, "the same call with the secret key works, so the refusals above are real");
});

Deno.test("through REST, users read their own rows only and anonymous none", async () => {
  const [ada, bob] = await Promise.all([newUser({ token: 10 }), newUser({ token: 20 })]);
  await ada.call("POST", "/tokens/holds", { body: { amount: 1 } });
  await ada.call("POST", "/profile", { body: { profile_data: {} } });
  await ada.call("POST", "/payments/checkout", { body: { pack_id: "small" } });
  for (const table of [...money_tables, "token_balances", "token_hold_states", "profiles"]) {
    const own = await ada.call("GET", `/rest/v1/${table}?select=user_id`);
    assert.ok(own.body.length > 0, table);
    assert.deepEqual([...new Set(own.body.map((row: { user_id: string }) => row.user_id))], [ada.id], table);
    const other = await bob.call("GET", `/rest/v1/${table}?select=user_id&user_id=eq.${ada.id}`);
    assert.deepEqual(other.body, [], table);
    const anonymous = await asAnonymous("GET", `/rest/v1/${table}?select=user_id`);
    assert.ok(anonymous.status >= 400 || anonymous.body.length === 0, table);
  }
  const other = await bob.call("POST", "/rest/v1/rpc/balance_at", {
    body: { p_user_id: ada.id, p_time: new Date().toISOString() },
  });
  assert.deepEqual([other.body[0].token, other.body[0].held], [0, 0]);
});

Deno.test("through REST, a user cannot set the times of a profile or give it away", async () => {
  const [ada, bob] = await Promise.all([newUser(), newUser()]);
  await ada.call("POST", "/profile", { body: { profile_data: { of: "ada" } } });
  for (const body of [{ updated_at: "2020-01-01" }, { created_at: "2020-01-01" }, { user_id: bob.id }]) {
    const { status } = await ada.call("PATCH", `/rest/v1/profiles?user_id=eq.${ada.id}`, { body });
    assert.ok(status >= 400, JSON.stringify(body));
  }
  await bob.call("PATCH", `/rest/v1/profiles?user_id=eq.${ada.id}`, { body: { profile_data: { of: "bob" } } });
  assert.deepEqual((await ada.call("GET", "/profile")).body.profile_data, { of: "ada" });
});

Deno.test("no API role truncates a table or uses the private schema", async () => {
  for (const role of api_roles) {
    for (
      const statement of [
        ...[...money_tables, "profiles"].map((table) => `truncate public.${table}`),
        "select private.verify_ledger()",
        "select private.post_entry(gen_random_uuid(), 'add', 1)",
      ]
    ) {
      await assert.rejects(
        sql.begin(async (transaction) => {
          await transaction.unsafe(`set local role ${role}`);
          await transaction.unsafe(statement);
        }),
        /permission denied/,
        `${role}: ${statement}`,
      );
    }
  }
});

Deno.test("the ledger is append-only for its owner too", async () => {
  const user = await newUser({ token: 10 });
  for (
    const statement of [
      `update public.token_transactions set amount = 11 where user_id = '${user.id}'`,
      `update public.token_transactions set user_id = gen_random_uuid() where user_id = '${user.id}'`,
      `update public.token_transactions set metadata = '{"a":1}' where user_id = '${user.id}'`,
      `delete from public.token_transactions where user_id = '${user.id}'`,
      "truncate public.token_transactions",
    ]
  ) {
    await assert.rejects(sql.unsafe(statement), /append-only/, statement);
  }
});

Deno.test("the tables refuse what the functions would never write", async () => {
  const user = await newUser({ token: 10 });
  await user.call("POST", "/profile", { body: { profile_data: {} } });
  await user.call("POST", "/tokens/holds", { body: { amount: 1 } });
  const nested = "[".repeat(64) + "]".repeat(64);
  for (
    const [table, change, constraint] of [
      ["user_tokens", "token = -1", /token_is_never_negative/],
      ["user_tokens", "held = -1", /held_is_never_negative/],
      ["user_tokens", "held = 2147483647", /wallet_is_bounded/],
      ["user_tokens", "debt = -1", /debt_is_never_negative/],
      ["user_tokens", "debt = 1", /debt_is_paid_first/],
      ["user_tokens", "low_balance_threshold = 0", /low_balance_threshold_is_positive/],
      ["token_holds", "placed_by = 'nobody'", /placer_is_known/],
      ["token_holds", "metadata = jsonb_build_object('a', repeat('x', 16385))", /metadata_is_bounded/],
      ["profiles", "profile_data = jsonb_build_object('a', repeat('x', 524289))", /profile_data_is_bounded/],
      ["profiles", `profile_data = '{"a": ${nested}}'`, /profile_data_is_shallow/],
    ] as const
  ) {
    await assert.rejects(sql.unsafe(`update public.${table} set ${change} where user_id = '${user.id}'`), constraint);
  }
});

Deno.test("buyers see the packs that are sold, and no price's id at the provider", async () => {
  const user = await newUser();
  const id = crypto.randomUUID();
  await sql`insert into token_packs (id, tokens, price_minor, currency, active) values (${id}, 1, 1, 'eur', false)`;
  for (const caller of [asAnonymous, user.call]) {
    const packs = await caller("GET", "/rest/v1/token_packs?select=id,active");
    assert.ok(packs.body.length > 0);
    assert.ok(packs.body.every(({ active }: { active: boolean }) => active));
    for (const query of ["select=stripe_price_id", "select=id&stripe_price_id=not.is.null", "select=*"]) {
      assert.ok((await caller("GET", `/rest/v1/token_packs?${query}`)).status >= 400, query);
    }
  }
  const [known] = (await asServer("GET", `/rest/v1/token_packs?id=eq.${id}&select=id,stripe_price_id`)).body;
  assert.deepEqual(known, { id, stripe_price_id: null });
  await sql`delete from token_packs where id = ${id}`;
});
