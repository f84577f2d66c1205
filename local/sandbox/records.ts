import type { StandardEvent } from "../../supabase/functions/payments/providers/standard_schema.ts";

/** An event of the sandbox, as its webhooks send it. */
export type SandboxEvent = StandardEvent & { id: string };

/** What the sandbox remembers: its events, in a file so that they outlive the stack as the database does. */
export class SandboxRecords {
  readonly #file: string;
  readonly #events: SandboxEvent[];

  constructor(file: string) {
    this.#file = file;
    this.#events = readLines(file).map((line) => JSON.parse(line));
  }

  add(event: SandboxEvent): void {
    this.#events.push(event);
    Deno.writeTextFileSync(this.#file, JSON.stringify(event) + "\n", { append: true });
  }

  /** The API that a provider of one's own offers for reconciliation: see providers/standard_schema.ts. */
  answer(path: string, query: URLSearchParams): Response {
    if (path === "/events") {
      const { items: events, next_cursor } = pageOf(this.#events, query);
      return Response.json({ events, next_cursor });
    }
    if (path === "/payments") {
      const paid = this.#events.filter((event) => event.type === "payment.paid");
      const payment_ids = [...new Set(paid.map((event) => event.data.payment_id))];
      const states = payment_ids.map((id) => this.#stateOf(id)!);
      const { items, next_cursor } = pageOf(states.map((state) => ({ ...state, timestamp: state.paid_at })), query);
      return Response.json({ payments: items, next_cursor });
    }
    const state = this.#stateOf(decodeURIComponent(path.replace(/^\/payments\//, "")));
    return state === undefined ? new Response(null, { status: 404 }) : Response.json(state);
  }

  #stateOf(payment_id: string) {
    const events = this.#events.filter((event) => event.data.payment_id === payment_id);
    const paid = events.find((event) => event.type === "payment.paid");
    if (paid === undefined) return undefined;
    const refunds = events.filter((event) => event.type === "payment.refunded");
    const refunded = refunds.reduce((sum, event) => sum + event.data.amount_minor, 0);
    return {
      ...paid.data,
      // The sandbox lets people refund more than was paid; a bank would not.
      refunded_minor: Math.min(refunded, paid.data.amount_minor),
      disputed: events.some(({ type }) => type.startsWith("dispute.")) &&
        !events.some(({ type }) => type === "dispute.won"),
      paid_at: paid.timestamp,
    };
  }
}

const page_size = 100;

/** The cursor is the number of things before the page: they never change. */
function pageOf<Item extends { timestamp: string }>(items: Item[], query: URLSearchParams) {
  const [since = 0, until = 0] = ["since", "until"].map((name) => Date.parse(query.get(name) ?? ""));
  const inside = items.filter(({ timestamp }) => since <= Date.parse(timestamp) && Date.parse(timestamp) <= until);
  const end = Number(query.get("cursor") ?? 0) + page_size;
  return { items: inside.slice(end - page_size, end), next_cursor: inside.length > end ? String(end) : null };
}

function readLines(file: string): string[] {
  try {
    return Deno.readTextFileSync(file).split("\n").filter(Boolean);
  } catch {
    return [];
  }
}
