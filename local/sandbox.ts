/**
 * Who is outside of the local stack. The payment provider: a checkout page whose buttons send real signed Standard
 * Webhooks, and an API that tells what happened, for reconciliation. And a receiver of notices, which prints them.
 * Started by `local/stack.ts` alone; nothing of it is deployed.
 */
import { Webhook } from "standardwebhooks";
import { signedHeaders } from "../supabase/functions/_shared/webhooks.ts";
import { type SandboxEvent, SandboxRecords } from "./sandbox_records.ts";

/** How late "Pay later" pays, and that its event comes twice. */
const late_ms = 5_000;

interface Purchase {
  purchase_id: string;
  amount_minor: number;
  currency: string;
}

interface SandboxOptions {
  /** Where the events go. */
  webhook_url: string;
  /** What they are signed with. */
  secret: string;
  /** What callers of its API must send. */
  api_key: string;
  /** Where it keeps its events. */
  file: string;
  /** Told each notice that came. */
  log: (line: string) => void;
}

type Told = Pick<SandboxEvent, "type" | "data">;

const buttons = [
  ["pay", "Pay"],
  ["pay_later", "Pay later (and tell it twice)"],
  ["pay_untold", "Pay, and lose the webhook"],
  ["decline", "Decline"],
  ["refund_half", "Refund half"],
  ["refund", "Refund"],
  ["dispute", "Dispute"],
  ["win", "Win the dispute"],
  ["lose", "Lose the dispute"],
] as const;
type Action = typeof buttons[number][0];

/**
 * Serves `/sandbox/checkout?purchase_id&amount_minor&currency` (GET the page, POST a button of it), below
 * `/sandbox/api` what a provider of one's own tells about the past, and `/sandbox/notices`.
 */
export function createSandbox(
  { webhook_url, secret, api_key, file, log }: SandboxOptions,
): (request: Request) => Promise<Response> {
  const webhook = new Webhook(secret);
  const records = new SandboxRecords(file);

  function happen(told: Told): SandboxEvent {
    const event = { ...told, id: crypto.randomUUID(), timestamp: new Date().toISOString() } as SandboxEvent;
    records.add(event);
    return event;
  }

  async function tell({ id: event_id, ...event }: SandboxEvent): Promise<string> {
    const body = JSON.stringify(event);
    const response = await fetch(webhook_url, {
      method: "POST",
      headers: signedHeaders(webhook, event_id, body),
      body,
    });
    return `${event.type}: ${response.status} ${await response.text()}`;
  }

  async function receiveNotice(request: Request): Promise<Response> {
    const body = await request.text();
    try {
      webhook.verify(body, Object.fromEntries(request.headers), { jsonParse: false });
    } catch {
      return new Response(null, { status: 400 });
    }
    log(`notice: ${body}`);
    return new Response(null, { status: 204 });
  }

  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.startsWith("/sandbox/api/")) {
      const is_known = request.headers.get("authorization") === `Bearer ${api_key}`;
      if (!is_known) return Response.json({ message: "The key is not the sandbox's." }, { status: 401 });
      return records.answer(pathname.slice("/sandbox/api".length), searchParams);
    }
    if (pathname === "/sandbox/notices") return await receiveNotice(request);
    const purchase = readPurchase(searchParams);
    if (purchase === undefined) {
      return new Response("This is not a link from POST /payments/checkout.", { status: 400 });
    }
    if (request.method !== "POST") return page(purchase, []);

    const action = String((await request.formData()).get("action")) as Action;
    const told = toldBy(action, purchase);
    if (told === undefined) return page(purchase, ["No such button."]);
    const event = happen(told);
    if (action === "pay_untold") {
      return page(purchase, ["Paid, and nobody was told: npx deno task reconcile finds it."]);
    }
    if (action !== "pay_later") return page(purchase, [await tell(event)]);
    setTimeout(() => {
      for (let times = 0; times < 2; times++) tell(event).catch(() => {});
    }, late_ms);
    return page(purchase, [`payment.paid will be told twice in ${late_ms / 1_000} seconds.`]);
  };
}

function readPurchase(query: URLSearchParams): Purchase | undefined {
  const [purchase_id = "", amount_minor, currency = ""] = ["purchase_id", "amount_minor", "currency"]
    .map((name) => query.get(name) ?? undefined);
  const is_whole = /^[\da-f-]{36}$/.test(purchase_id) && /^[a-z]{3}$/.test(currency) && Number(amount_minor) > 0;
  return is_whole ? { purchase_id, amount_minor: Number(amount_minor), currency } : undefined;
}

function toldBy(action: Action, { purchase_id, amount_minor, currency }: Purchase): Told | undefined {
  // One payment and one dispute a purchase.
  const about = { livemode: false, payment_id: `pay_${purchase_id}`, currency };
  const dispute = { ...about, dispute_id: `dispute_${purchase_id}` };
  const refund_id = `refund_${crypto.randomUUID()}`;
  switch (action) {
    case "pay":
    case "pay_later":
    case "pay_untold":
      return { type: "payment.paid", data: { ...about, purchase_id, amount_minor } };
    case "decline":
      return { type: "payment.failed", data: { livemode: false, purchase_id } };
    case "refund_half":
      return { type: "payment.refunded", data: { ...about, refund_id, amount_minor: Math.ceil(amount_minor / 2) } };
    case "refund":
      return { type: "payment.refunded", data: { ...about, refund_id, amount_minor } };
    case "dispute":
      return { type: "dispute.opened", data: dispute };
    case "win":
      return { type: "dispute.won", data: dispute };
    case "lose":
      return { type: "dispute.lost", data: dispute };
  }
}

function page({ purchase_id, amount_minor, currency }: Purchase, messages: string[]): Response {
  const price = new Intl.NumberFormat("en", { style: "currency", currency }).format(amount_minor / 100);
  const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sandbox checkout</title>
<style>
  body { font: 1rem/1.5 system-ui; max-width: 34rem; margin: 2rem auto; padding: 0 1rem }
  strong { background: #fd6; padding: .1rem .4rem }
  button { font: inherit; margin: .2rem 0; padding: .3rem .8rem }
  pre { white-space: pre-wrap; background: #eee; padding: .5rem }
</style>
<p><strong>Sandbox: no money moves here</strong>
<h1>${price}</h1>
<p>Purchase ${purchase_id}
<form method="post">
${buttons.map(([action, label]) => `  <button name="action" value="${action}">${label}</button>`).join("\n")}
</form>
${messages.map((message) => `<pre role="status">${escape(message)}</pre>`).join("\n")}
</html>
`;
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
}
