/**
 * Who is outside of the local stack. The payment provider: a checkout page whose buttons send real signed Standard
 * Webhooks, and an API that tells what happened, for reconciliation. And a receiver of notices, which prints them.
 * Started by `local/stack.ts` alone; nothing of it is deployed.
 */
import { Webhook } from "standardwebhooks";
import { signedHeaders } from "../../supabase/functions/_shared/webhooks.ts";
import { taskCommand } from "../command.ts";
import { type Action, checkoutPage, type PageContent } from "./page.ts";
import { type SandboxEvent, SandboxRecords } from "./records.ts";

/** How late "Pay later" pays, and that its event comes twice. */
const late_ms = 5_000;

interface SandboxOptions {
  /** Where the events go. */
  webhook_url: string;
  /** What they are signed with. */
  secret: string;
  /** What callers of its API must send. */
  api_key: string;
  /** Where it keeps its events. */
  file: string;
  /** What the books say of a purchase. */
  readPurchase: (purchase_id: string) => Promise<PageContent["booked"]>;
  /** Told each notice that came. */
  log: (line: string) => void;
}

type Purchase = PageContent["purchase"];
type Told = Pick<SandboxEvent, "type" | "data">;

/** What the answers to webhooks mean, for the person who pressed a button. */
const outcomes: Record<string, string> = {
  applied: "Told, and the books follow it.",
  duplicate: "Told, and the books knew it already.",
  waiting: "Told, and kept until the payment that it belongs to is known.",
  ignored: "Told, and it changes nothing.",
  review: "Told, and put aside: a person has to look at it.",
};

/**
 * Serves `/sandbox/checkout?purchase_id&amount_minor&currency` (GET the page, POST a button of it), below
 * `/sandbox/api` what a provider of one's own tells about the past, and `/sandbox/notices`.
 */
export function createSandbox(options: SandboxOptions): (request: Request) => Promise<Response> {
  const { webhook_url, secret, api_key, file, readPurchase, log } = options;
  const webhook = new Webhook(secret);
  const records = new SandboxRecords(file);

  function happen(told: Told): SandboxEvent {
    const event = { ...told, id: crypto.randomUUID(), timestamp: new Date().toISOString() } as SandboxEvent;
    records.add(event);
    return event;
  }

  async function tell({ id: event_id, ...event }: SandboxEvent): Promise<PageContent["result"]> {
    const body = JSON.stringify(event);
    const headers = signedHeaders(webhook, event_id, body);
    const response = await fetch(webhook_url, { method: "POST", headers, body });
    const text = await response.text();
    const verbatim = `${event.type}: ${response.status} ${text}`;
    if (response.ok) return { text: outcomes[JSON.parse(text).outcome] ?? "Told.", is_fine: true, verbatim };
    return { text: "Told, and refused: a provider would tell it again later.", is_fine: false, verbatim };
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

  async function press(action: string, purchase: Purchase): Promise<PageContent["result"]> {
    const told = toldBy(action as Action, purchase);
    if (told === undefined) return { text: "There is no such button.", is_fine: false };
    const event = happen(told);
    if (action === "pay_untold") {
      return { text: `Paid, and nobody was told: ${taskCommand("reconcile")} finds it.`, is_fine: true };
    }
    if (action !== "pay_later") return await tell(event);
    setTimeout(() => {
      for (let times = 0; times < 2; times++) tell(event).catch(() => {});
    }, late_ms);
    return { text: `Paid: it will be told twice in ${late_ms / 1_000} seconds. Reload then.`, is_fine: true };
  }

  return async (request) => {
    const { pathname, searchParams, origin } = new URL(request.url);
    if (pathname.startsWith("/sandbox/api/")) {
      const is_known = request.headers.get("authorization") === `Bearer ${api_key}`;
      if (!is_known) return Response.json({ message: "The key is not the sandbox's." }, { status: 401 });
      return records.answer(pathname.slice("/sandbox/api".length), searchParams);
    }
    if (pathname === "/sandbox/notices") return await receiveNotice(request);

    const purchase = readQuery(searchParams);
    if (purchase === undefined) {
      return new Response("This is not a link from POST /payments/checkout.", { status: 400 });
    }
    const show = async (came_from: unknown, result?: PageContent["result"]) =>
      checkoutPage({
        purchase,
        booked: await readPurchase(purchase.purchase_id).catch(() => undefined),
        back: webAddress(came_from, origin),
        ...(result !== undefined && { result }),
      });
    if (request.method !== "POST") return await show(searchParams.get("return_url") ?? request.headers.get("referer"));
    const form = await request.formData();
    return await show(form.get("back"), await press(String(form.get("action")), purchase));
  };
}

/** An address of a page that a link may lead back to: any but the sandbox's own. Undefined for anything else. */
function webAddress(address: unknown, own_origin: string): string | undefined {
  if (typeof address !== "string" || !URL.canParse(address)) return undefined;
  const { protocol, origin, pathname, href } = new URL(address);
  const is_own = origin === own_origin && pathname.startsWith("/sandbox/");
  return /^https?:$/.test(protocol) && !is_own ? href : undefined;
}

function readQuery(query: URLSearchParams): Purchase | undefined {
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
