import type Stripe from "stripe";
import { secret_key } from "../../local/stack.ts";
import { createPayments } from "../../supabase/functions/payments/index.ts";
import { readPaymentsSettings } from "../../supabase/functions/payments/settings.ts";
import { connectDatabase, functionEnvironment, ownStack } from "../support/own_stack.ts";
import { stripe_environment, StripeAccount, webhookRequest } from "../support/stripe/account.ts";
import { type Experiment, type ExperimentOptions, inParallel, type Result, seededRandom } from "./experiment.ts";
import { countProblems, newWallet } from "../support/wallets.ts";

/** The pack `small` of supabase/seed.sql. */
const [pack_tokens, price_minor] = [100, 500];
const spent_at_once = 30;
const most_rounds = 500;

/** What a provider did and its webhooks only half told is found by asking the provider. */
export const lost_webhooks: Experiment = {
  number: 11,
  name: "Webhooks lost at random",
  invariant: "after a reconciliation the books say what the provider says",
  async run({ scale, seed, log }) {
    // A process of its own, whose Stripe is the stand-in, and whose request log stays out of the table.
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", import.meta.filename!, scale, String(seed)],
    }).output();
    const [lines, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim().split("\n"));
    const results = lines!.at(-1)!;
    if (!results.startsWith("[")) throw new Error(errors!.join("\n"));
    log(errors!.at(-1)!);
    return JSON.parse(results);
  },
};

if (import.meta.main) {
  const [scale, seed] = Deno.args;
  console.log(JSON.stringify(await loseWebhooks(scale as ExperimentOptions["scale"], Number(seed))));
}

async function loseWebhooks(scale: ExperimentOptions["scale"], seed: number): Promise<Result[]> {
  const purchase_count = scale === "full" ? 400 : 40;
  const random = seededRandom(seed);
  const account = new StripeAccount();
  using _ = account.takeThePlaceOfStripe();
  await using stack = await ownStack();
  await using sql = connectDatabase(stack, 8);
  await sql`update token_packs set stripe_price_id = 'price_small' where id = 'small'`;
  const app = createPayments(readPaymentsSettings({ ...await functionEnvironment(stack), ...stripe_environment }));

  const deliver = async (event: Stripe.Event) => {
    await app.request("/payments/webhooks/stripe", await webhookRequest(JSON.stringify(event)));
  };

  const accounts = await inParallel(purchase_count, 4, async () => {
    const user_id = await newWallet(sql, 0);
    const [purchase] = await sql`select id from create_purchase(${user_id}, 'small', 'stripe', false)`;
    const { events, granted } = happen(account, purchase!.id, random);
    const told = events.flatMap((event) => random() < 0.5 ? [] : random() < 0.3 ? [event, event] : [event]);
    let spent = 0;
    for (const event of shuffle(told, random)) {
      await deliver(event);
      const [row] = await sql`select token from user_tokens where user_id = ${user_id}`;
      if (row!.token < spent_at_once) continue;
      await sql`select adjust_tokens(${user_id}, ${-spent_at_once}, 'deduct')`;
      spent += spent_at_once;
    }
    return { user_id, expected: granted - spent };
  });
  const countDifferences = async () => {
    const wallets = await sql`select user_id, token - debt as token from user_tokens`;
    const found = new Map(wallets.map(({ user_id, token }) => [user_id, token]));
    return accounts.filter(({ user_id, expected }) => found.get(user_id) !== expected).length;
  };
  const differences_before = await countDifferences();

  let outages = 0;
  const reconcile = async () => {
    for (let rounds = 0; rounds < most_rounds; rounds++) {
      const response = await app.request("/payments/reconcile", {
        method: "POST",
        headers: { apikey: secret_key, "content-type": "application/json" },
        body: JSON.stringify({ max_pages: 1 }),
      });
      const body = await response.json();
      if (response.ok && body.reconciliations[0].stage === "done") return body.reconciliations[0];
      if (!response.ok) outages++;
      // Down at once, soon or late, or not at all.
      account.down_after = random() < 0.7 ? Math.floor(random() ** 3 * 150) : Infinity;
    }
    throw new Error(`not done in ${most_rounds} calls`);
  };
  const [found] = await Promise.all([reconcile(), reconcile()]);
  // What the first one applied is compared by the next.
  const compared = await reconcile();
  console.error(
    `${found.events_missed} of ${found.events_seen} events were missed, ${compared.purchases_seen} purchases compared; ` +
      `Stripe was down for ${outages} calls`,
  );
  const differences = await countDifferences();
  const problems = await countProblems(sql);
  return [
    {
      what: `${purchase_count} purchases, half of the webhooks lost`,
      expected: "0 differences, 0 findings, 0 problems",
      seen: `${differences} differences, ${compared.finding_count} findings, ${problems} problems`,
      passed: differences === 0 && compared.finding_count === 0 && problems === 0,
    },
    {
      what: "control: the balances before",
      expected: "some differences",
      seen: `${differences_before} differences`,
      passed: differences_before > 0,
    },
  ];
}

/** What becomes of one purchase at the provider: the events it makes, and the tokens it is worth in the end. */
function happen(account: StripeAccount, purchase_id: string, random: () => number) {
  const session = account.openCheckout(purchase_id);
  if (random() < 0.1) return { events: [account.payLater(session.id)], granted: 0 };
  const events = random() < 0.3
    ? [account.payLater(session.id), account.arrive(session.id)]
    : [account.pay(session.id)];
  const payment_id = session.payment_intent as string;
  let refunded = 0;
  let disputed = false;
  for (let steps = Math.floor(random() * 4); steps > 0; steps--) {
    const choice = random();
    if (choice < 0.6 && refunded < price_minor) {
      const amount = 1 + Math.floor(random() * (price_minor - refunded));
      const event = account.refund(payment_id, amount, random() < 0.5 ? "pending" : "succeeded");
      events.push(event);
      if (random() < 0.3) events.push(account.failRefund(event));
      else refunded += amount;
    } else if (choice >= 0.6 && !disputed) {
      const event = account.dispute(payment_id);
      events.push(event);
      const outcome = random();
      disputed = outcome < 0.6;
      if (outcome < 0.3) events.push(account.closeDispute(event, "lost"));
      if (outcome >= 0.6) events.push(account.closeDispute(event, "won"));
    }
  }
  return { events, granted: disputed ? 0 : pack_tokens - Math.ceil(pack_tokens * refunded / price_minor) };
}

function shuffle<T>(items: T[], random: () => number): T[] {
  return items.map((item) => ({ item, place: random() })).sort((a, b) => a.place - b.place).map(({ item }) => item);
}
