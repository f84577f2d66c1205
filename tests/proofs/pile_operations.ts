/** What a user can pile up, and what is done with a wallet then. */
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { publishable_key, secret_key, type Stack, webhook_secret } from "../../local/stack.ts";
import { signedHeaders } from "../../supabase/functions/_shared/webhooks.ts";
import type { Database } from "../support/own_stack.ts";
import { newSession } from "./database_control.ts";
import { inParallel } from "./experiment.ts";

/** The limits, as docs/errors.md and the functions have them. */
const open_holds = 100;
const pending_purchases = 20;
const sessions = 100;
/** A body of 256 KiB, and one of 16 KiB, less what stands around the text. */
const [longest_profile, longest_metadata] = [256 * 1024 - 100, 16 * 1024 - 300];

export interface Account {
  id: string;
  /** Calls as the account's user, or as a server; wants one of the statuses. */
  call(method: string, path: string, statuses: number[], options?: { body?: unknown; as?: "server" }): Promise<string>;
  credentials: { email: string; password: string };
  /** What it sends where something of any size may be sent. */
  text: string;
}

export interface Measured {
  name: string;
  /** The first touch of the wallet ends the holds that ran out: they are piled up anew each time. */
  uses_up_holds?: boolean;
  /** Whether it answers with what was piled up itself, which is longer than nothing. */
  is_page?: boolean;
  before?: (sql: Database, account: Account) => Promise<unknown>;
  // What `before` found goes to `run`.
  // deno-lint-ignore no-explicit-any
  run(account: Account, sql: Database, given: any): Promise<unknown>;
}

export async function openAccount({ url }: Stack, sql: Database): Promise<Account> {
  const credentials = { email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery" };
  const send = async (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    await fetch(`${url}/functions/v1${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const { user, access_token } = await (await send("POST", "/auth/signup", {}, credentials)).json();
  const as_user = { apikey: publishable_key, authorization: `Bearer ${access_token}` };
  await sql`select adjust_tokens(${user.id}, 1000000, 'add')`;
  return {
    id: user.id,
    credentials,
    text: "",
    async call(method, path, statuses, { body, as } = {}) {
      const is_webhook = path.startsWith("/payments/webhooks/");
      const headers = is_webhook
        ? signedHeaders(new Webhook(webhook_secret), crypto.randomUUID(), String(body))
        : as === "server"
        ? { apikey: secret_key }
        : as_user;
      const response = await send(method, path, headers, body);
      const text = await response.text();
      assert.ok(statuses.includes(response.status), `${method} ${path} answered ${response.status} ${text}`);
      return text;
    },
  };
}

/** Brings everything that an account can pile up to its limit. */
export async function pileUp(sql: Database, account: Account): Promise<void> {
  const { id, call } = account;
  account.text = "x".repeat(longest_metadata);
  await inParallel(sessions, 8, () => newOldSession(sql, id));
  await call("PUT", "/tokens/low_balance_threshold", [200], { body: { threshold: 999_000 } });
  await call("POST", "/profile", [201], { body: { profile_data: { text: "x".repeat(longest_profile) } } });
  await inParallel(open_holds, 8, () =>
    sql`
    select adjust_tokens(${id}, -1, 'deduct', p_metadata => ${sql.json({ text: account.text })})
  `);
  await pileUpPurchases(sql, id, pending_purchases);
  await pileUpHolds(sql, id);
  // The schema's statistics are of an empty database still.
  await sql`analyze`;
}

/** Older than the one that the account calls with: the oldest are ended first. */
async function newOldSession(sql: Database, id: string) {
  const session_id = await newSession(sql, id);
  await sql`update auth.sessions set created_at = now() - interval '1 day' where id = ${session_id}`;
}

async function pileUpPurchases(sql: Database, id: string, count: number) {
  const [row] = await sql`
    select count(*)::integer as count from purchases where user_id = ${id} and status = 'pending'
  `;
  for (let missing = count - row!.count; missing > 0; missing--) {
    await sql`select create_purchase(${id}, 'small', 'standard', false)`;
  }
}

/** As many holds as a wallet may have, all of which ran out. */
export async function pileUpHolds(sql: Database, id: string): Promise<void> {
  await sql`select open_wallet(${id})`;
  await sql`select hold_tokens(${id}, 1, 3600) from generate_series(1, ${open_holds - 1})`;
  await sql`update token_holds set expires_at = now() where user_id = ${id} and status = 'held'`;
}

const newHold = async (_: Database, { call }: Account) =>
  JSON.parse(await call("POST", "/tokens/holds", [201], { body: { amount: 1 } })).id as string;

/** A purchase that was paid, beside as many pending ones as there may be. */
async function payPurchase(sql: Database, { id }: Account): Promise<string> {
  await sql`
    select abandon_purchase(id) from purchases where user_id = ${id} and status = 'pending' order by created_at limit 1
  `;
  const [purchase] = await sql`select id from create_purchase(${id}, 'small', 'standard', false)`;
  await sql`
    select apply_payment_event(
      'standard', gen_random_uuid()::text, 'paid', false, now(), '{}', ${`pay_${purchase!.id}`}, ${purchase!.id},
      null, 500, 'eur'
    )
  `;
  return purchase!.id;
}

export const measured: Measured[] = [
  { name: "balance", run: ({ call }) => call("GET", "/tokens", [200]) },
  { name: "balance in the past", run: ({ call }) => call("GET", `/tokens/balance_at?time=${now()}`, [200]) },
  { name: "holds", run: ({ call }) => call("GET", "/tokens/holds?limit=100", [200]), is_page: true },
  {
    name: "history",
    run: ({ call }) => call("GET", "/tokens/transactions?limit=100&kind=deduct", [200]),
    is_page: true,
  },
  { name: "purchases", run: ({ call }) => call("GET", "/payments/purchases", [200]) },
  { name: "read the profile", run: ({ call }) => call("GET", "/profile", [200, 404]), is_page: true },
  {
    name: "deduct",
    uses_up_holds: true,
    run: ({ call, text }) => call("POST", "/tokens/deduct", [200], { body: { amount: 1, metadata: { text } } }),
  },
  {
    name: "add",
    uses_up_holds: true,
    run: ({ call, id }) => call("POST", "/tokens/add", [200], { body: { user_id: id, amount: 1 }, as: "server" }),
  },
  {
    name: "hold",
    uses_up_holds: true,
    run: ({ call, text }) => call("POST", "/tokens/holds", [201], { body: { amount: 1, metadata: { text } } }),
  },
  {
    name: "threshold",
    uses_up_holds: true,
    run: ({ call }) => call("PUT", "/tokens/low_balance_threshold", [200], { body: { threshold: 999_000 } }),
  },
  {
    name: "checkout",
    uses_up_holds: true,
    // At the limit it is refused, which must not take longer.
    before: (sql, { id, text }) => pileUpPurchases(sql, id, text === "" ? 0 : pending_purchases),
    run: ({ call }) => call("POST", "/payments/checkout", [201, 409], { body: { pack_id: "small" } }),
  },
  {
    name: "sign in",
    uses_up_holds: true,
    before: (sql, { id, text }) => text === "" ? Promise.resolve() : newOldSession(sql, id),
    run: ({ call, credentials }) => call("POST", "/auth/signin", [200], { body: credentials }),
  },
  {
    name: "release",
    before: async (sql, account) => {
      const hold_id = await newHold(sql, account);
      if (account.text !== "") await pileUpHoldsBeside(sql, account.id, hold_id);
      return hold_id;
    },
    run: ({ call }, _, hold_id) => call("POST", `/tokens/holds/${hold_id}/release`, [200], { body: {} }),
  },
  {
    name: "refund",
    before: async (sql, account) => {
      const purchase_id = await payPurchase(sql, account);
      if (account.text !== "") await pileUpHolds(sql, account.id);
      return purchase_id;
    },
    run: ({ call }, _, purchase_id) =>
      call("POST", "/payments/webhooks/standard", [200], { body: refund(purchase_id) }),
  },
  {
    name: "sweep",
    before: async (sql, { id, text }) => {
      await sql`select open_wallet(user_id) from user_tokens`;
      if (text !== "") return await pileUpHolds(sql, id);
      await sql`select hold_tokens(${id}, 1, 3600)`;
      await sql`update token_holds set expires_at = now() where user_id = ${id} and status = 'held'`;
    },
    run: (_, sql) => sql`select private.sweep_holds()`,
  },
];

const now = () => new Date().toISOString();

async function pileUpHoldsBeside(sql: Database, id: string, hold_id: string) {
  await sql`select hold_tokens(${id}, 1, 3600) from generate_series(1, ${open_holds - 1})`;
  await sql`update token_holds set expires_at = now() where user_id = ${id} and status = 'held' and id <> ${hold_id}`;
}

function refund(purchase_id: string): string {
  const data = {
    ...{ livemode: false, payment_id: `pay_${purchase_id}`, refund_id: "one" },
    ...{ amount_minor: 500, currency: "eur" },
  };
  return JSON.stringify({ type: "payment.refunded", timestamp: now(), data });
}
