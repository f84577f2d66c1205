/**
 * The stack that live tests talk to: the one that `tests/run.ts` booted for all of them,
 * or one of the file's own where it is run alone (`deno test -A tests/live/tokens_test.ts`).
 */
import { publishable_key, secret_key, startStack } from "../../local/stack.ts";
import { requireDocumented } from "./document.ts";
import { connectDatabase } from "./own_stack.ts";

export { publishable_key, secret_key };

/** How `tests/run.ts` tells the test files where its stack is. */
export interface StackAddress {
  url: string;
  database_url: string;
}

const given = Deno.env.get("TALLY_TEST_STACK");
export const stack: StackAddress = given === undefined ? await bootOwn() : JSON.parse(given);

/** The database as its owner, past every policy. */
export const sql = connectDatabase(stack, 8);
globalThis.addEventListener("unload", () => void sql.end({ timeout: 0 }));

async function bootOwn(): Promise<StackAddress> {
  const data_folder = await Deno.makeTempDir({ prefix: "tally-test-" });
  const own = await startStack({ data_folder });
  // The runner ends the process without waiting: what would outlive it is killed here.
  globalThis.addEventListener("unload", () => {
    for (const process of [own.upstream, ...own.functions.values()]) Deno.kill(process.pid, "SIGKILL");
    Deno.kill(own.postgres.pid, "SIGKILL");
    for (const folder of new Set([data_folder, own.data_folder])) Deno.removeSync(folder, { recursive: true });
  });
  return { url: own.url, database_url: own.database_url };
}

/** An answer with its body read: `body` is JSON where it is JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // deno-lint-ignore no-explicit-any
  body: any;
}

/** Calls a function, or with a path that begins with `/auth/v1` or `/rest/v1` the service itself. */
export async function call(
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const base = /^\/(auth|rest)\/v1\//.test(path) ? stack.url : `${stack.url}/functions/v1`;
  const response = await fetch(base + path, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const [media_type = ""] = (response.headers.get("content-type") ?? "").split(";");
  const answer = {
    status: response.status,
    headers: response.headers,
    text,
    body: media_type.includes("json") && text !== "" ? JSON.parse(text) : undefined,
  };
  requireDocumented(method, path, { ...answer, media_type });
  return answer;
}

/** A user of this test alone. */
export interface TestUser {
  id: string;
  email: string;
  password: string;
  access_token: string;
  refresh_token: string;
  /** Calls as this user. */
  call: typeof call;
}

/** Signs up a fresh user and credits `token` tokens. */
export async function newUser({ token = 0 } = {}): Promise<TestUser> {
  const email = `${crypto.randomUUID()}@example.com`;
  const password = "correct horse battery";
  const { status, body, text } = await call("POST", "/auth/signup", { body: { email, password } });
  if (status !== 201) throw new Error(`sign-up answered ${status}: ${text}`);
  const user = { id: body.user.id, email, password, ...body, call: callAs(body.access_token) };
  if (token > 0) await asServer("POST", "/tokens/add", { body: { user_id: user.id, amount: token } });
  return user;
}

/** Calls with an access token, and the publishable key as supabase-js sends it. */
export function callAs(access_token: string): typeof call {
  return async (method, path, { body, headers } = {}) =>
    await call(method, path, {
      body,
      headers: { apikey: publishable_key, authorization: `Bearer ${access_token}`, ...headers },
    });
}

/** Calls as a trusted server. */
export const asServer: typeof call = async (method, path, { body, headers } = {}) =>
  await call(method, path, { body, headers: { apikey: secret_key, ...headers } });

/** Calls as somebody who only has the publishable key. */
export const asAnonymous: typeof call = async (method, path, { body, headers } = {}) =>
  await call(method, path, { body, headers: { apikey: publishable_key, ...headers } });

/** What the auditors' check finds wrong: nothing, if all is well. */
export async function ledgerProblems() {
  return [...await sql`select * from private.verify_ledger()`];
}
