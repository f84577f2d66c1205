import { Webhook } from "standardwebhooks";
import { type Stack, webhook_secret } from "../../local/stack.ts";
import { signedHeaders } from "../../supabase/functions/_shared/webhooks.ts";
import { connectDatabase, type Database, ownStack } from "../support/own_stack.ts";
import { type Experiment, inParallel, seededRandom } from "./experiment.ts";
import { countProblems, newWallet } from "../support/wallets.ts";

const provider_count = 8;
const most_deliveries = 200;
/** How likely the function is to die at each step of a delivery. */
const p = 0.3;
const pack_tokens = 100;
const price_minor = 500;
/** How many purchases of one wallet may be pending. */
const pending_limit = 20;

/** The payments function dies while the provider delivers, and the provider delivers again. */
export const killed_webhooks: Experiment = {
  number: 10,
  name: "Webhooks while the function is killed",
  invariant: "what was paid is credited, once",
  async run({ scale, seed, log }) {
    const [payment_count, kill_count, stepped_count] = scale === "full" ? [400, 15, 60] : [40, 2, 4];
    const random = seededRandom(seed);
    await using stack = await ownStack();
    await using sql = connectDatabase(stack, 16);
    const buyers = await inParallel(Math.ceil(payment_count / pending_limit), 8, () => newWallet(sql, 0));
    const purchases = await inParallel(payment_count, 8, async (index) => {
      const buyer = buyers[index % buyers.length]!;
      const [purchase] = await sql`select id from create_purchase(${buyer}, 'small', 'standard', false)`;
      return purchase!.id as string;
    });

    let delivered = 0;
    const deliveries = inParallel(payment_count, provider_count, async (index) => {
      await deliverUntilAccepted(purchases[index]!, (request) => fetch(webhookUrl(stack), request));
      delivered++;
    });
    const payments = stack.functions.get("payments")!;
    for (let kills = 0; kills < kill_count; kills++) {
      // Somewhere in each part of the deliveries.
      const next = Math.floor(payment_count * kills / kill_count);
      while (delivered < next) await new Promise((resolve) => setTimeout(resolve, 2));
      await payments.ready;
      await new Promise((resolve) => setTimeout(resolve, random() * 30));
      const { pid } = payments;
      Deno.kill(pid, "SIGKILL");
      while (payments.pid === pid) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await deliveries;
    const after = await countCredits(sql);
    const problems = await countProblems(sql);
    log(`${kill_count} kills during ${payment_count} payments`);
    const drift = await markFirst(sql, payment_count, random);

    const summary = (credited: number, entries: number, problems: number) =>
      `${credited} tokens in ${entries} entries, ${problems} problems`;
    const expected = summary(payment_count * pack_tokens, payment_count, 0);
    const seen = summary(after.token, after.entries, problems);
    const stepped = await dieAtEachStep(stepped_count, random);
    const stepped_expected = summary(stepped_count * pack_tokens, stepped_count, 0);
    const stepped_seen = summary(stepped.token, stepped.entries, stepped.problems);
    return [
      { what: `${payment_count} payments, ${kill_count} kills`, expected, seen, passed: seen === expected },
      {
        what: `${stepped_count} payments, killed with p = ${p} at each step: ${stepped.kills.join(" + ")} times`,
        expected: stepped_expected,
        seen: stepped_seen,
        passed: stepped_seen === stepped_expected && stepped.kills.every((times) => times > 0 || scale === "short"),
      },
      {
        what: `control: mark the event, then credit, dying in between with p = ${p}`,
        expected: "drift",
        seen: `${drift} of ${payment_count} never credited`,
        passed: drift > 0,
      },
    ];
  },
};

const webhookUrl = ({ url }: Stack) => `${url}/functions/v1/payments/webhooks/standard`;

/**
 * The function dies before it gets the request, before the database gets the call, after the commit, or after it
 * answered and before the provider has the answer. Returns what was credited, and the kills at each of these.
 */
async function dieAtEachStep(payment_count: number, random: () => number) {
  const kills = [0, 0, 0, 0];
  const dies = async (step: number) => {
    if (random() >= p) return false;
    const { pid } = payments;
    kills[step]!++;
    Deno.kill(pid, "SIGKILL");
    while (payments.pid === pid) await new Promise((resolve) => setTimeout(resolve, 5));
    return true;
  };
  // Between the function and the database.
  const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const is_step = pathname.endsWith("/rpc/apply_payment_event");
    if (is_step && await dies(1)) return new Response(null, { status: 503 });
    const { method, headers } = request;
    const body = await request.arrayBuffer();
    const answer = await fetch(stack.url + pathname + search, {
      method,
      headers,
      ...(body.byteLength > 0 && { body }),
    });
    if (is_step && await dies(2)) return new Response(null, { status: 503 });
    return answer;
  });
  await using stack = await ownStack({ env: { SUPABASE_URL: `http://127.0.0.1:${proxy.addr.port}` } });
  await using sql = connectDatabase(stack, 4);
  const payments = stack.functions.get("payments")!;
  const user_id = await newWallet(sql, 0);
  // One after the other, so that a kill is of the delivery that it is counted for.
  await inParallel(payment_count, 1, async () => {
    const [purchase] = await sql`select id from create_purchase(${user_id}, 'small', 'standard', false)`;
    await deliverUntilAccepted(purchase!.id, async (request) => {
      if (await dies(0)) throw new Error("killed");
      await payments.ready;
      const answer = await fetch(webhookUrl(stack), request);
      if (await dies(3)) {
        await answer.body?.cancel();
        throw new Error("killed");
      }
      return answer;
    });
  });
  const after = await countCredits(sql);
  const problems = await countProblems(sql);
  await proxy.shutdown();
  return { ...after, problems, kills };
}

/** What all wallets have, and in how many entries it came. */
async function countCredits(sql: Database): Promise<{ token: number; entries: number }> {
  const [row] = await sql`
    select (select sum(token)::integer from user_tokens) as token,
      (select count(*)::integer from token_transactions) as entries
  `;
  return { token: row!.token, entries: row!.entries };
}

/** As providers do: the same event again, signed anew, until it is accepted. */
async function deliverUntilAccepted(purchase_id: string, post: (request: RequestInit) => Promise<Response>) {
  const event_id = crypto.randomUUID();
  for (let deliveries = 0; deliveries < most_deliveries; deliveries++) {
    const body = JSON.stringify({
      type: "payment.paid",
      timestamp: new Date().toISOString(),
      data: {
        livemode: false,
        payment_id: `pay_${purchase_id}`,
        purchase_id,
        amount_minor: price_minor,
        currency: "eur",
      },
    });
    const accepted = await post({
      method: "POST",
      headers: signedHeaders(new Webhook(webhook_secret), event_id, body),
      body,
    }).then(async (response) => {
      await response.body?.cancel();
      return response.ok;
    }, () => false);
    if (accepted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the payment of ${purchase_id} was not accepted in ${most_deliveries} deliveries`);
}

/** What many do: remember the event as processed, then do what it says. Returns how many were never done. */
async function markFirst(sql: Database, payment_count: number, random: () => number): Promise<number> {
  await sql`create table private.control_events (id integer primary key, credited boolean not null default false)`;
  for (let id = 0; id < payment_count; id++) {
    for (;;) {
      const marked =
        await sql`insert into private.control_events (id) values (${id}) on conflict do nothing returning id`;
      if (marked.length === 0) break; // Known: answered 200, and that is that.
      if (random() < 0.3) continue; // Died here; the provider tries again.
      await sql`update private.control_events set credited = true where id = ${id}`;
      break;
    }
  }
  const [row] = await sql`select count(*)::integer as count from private.control_events where not credited`;
  return row!.count;
}
