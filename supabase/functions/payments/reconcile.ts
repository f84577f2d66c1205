import { unwrap } from "../_shared/clients.ts";
import { Problem } from "../_shared/problem.ts";
import { applyPaymentEvent, trusted } from "./purchases.ts";
import type { PaymentRecords, PaymentState } from "./records.ts";
import type { Finding, Reconciliation } from "./schema.ts";

/** What a page led to. */
interface PageResult {
  seen: number;
  /** Null where the stage is over. */
  next_cursor: string | null;
  findings?: Finding[];
}

type Progress = Omit<Reconciliation, "findings"> & { cursor: string | null };
type Stage = (records: PaymentRecords, progress: Progress) => Promise<PageResult>;

/** In their order: what was missed is applied first, so that what still differs then is worth a person's time. */
const stages: Record<Exclude<Progress["stage"], "done">, Stage> = { events, payments, purchases, retries };
const stage_names = [...Object.keys(stages), "done"] as Progress["stage"][];

const rows_per_page = 100;
/** Stripe lets test keys ask 25 times a second. */
const questions_at_once = 4;
const findings_shown = 100;

/**
 * Compares the books with a provider, both ways, since the last watermark: up to `max_pages` pages, from where the last
 * call got to. Each page is noted when it is done, so a call that dies, or two at once, do nothing twice.
 * 503 `upstream_unavailable` where the provider is down; what was done until then stays done.
 */
export async function reconcile(records: PaymentRecords, max_pages: number): Promise<Reconciliation> {
  const { provider, livemode } = records;
  let progress = unwrap(
    await trusted.rpc("open_reconciliation", { p_provider: provider, p_livemode: livemode }).single(),
  );
  for (let pages = 0; pages < max_pages && progress.stage !== "done"; pages++) {
    const { stage } = progress;
    const result = await stages[stage](records, progress).catch((cause) => {
      throw cause instanceof Problem ? cause : new Problem("upstream_unavailable", { cause });
    });
    progress = await advance(progress, result);
  }
  const { cursor: _, ...report } = progress;
  return { ...report, findings: report.finding_count === 0 ? [] : await listFindings(report.id) };
}

async function listFindings(reconciliation_id: string): Promise<Finding[]> {
  const query = trusted.from("payment_findings").select("kind, payment_id, purchase_id, here, there")
    .eq("reconciliation_id", reconciliation_id).order("kind").order("payment_id").limit(findings_shown);
  return unwrap(await query);
}

async function advance({ id, stage, cursor }: Progress, { seen, next_cursor, findings = [] }: PageResult) {
  const next_stage = next_cursor === null ? stage_names[stage_names.indexOf(stage) + 1]! : stage;
  return unwrap(
    await trusted.rpc("advance_reconciliation", {
      p_id: id,
      p_stage: stage,
      // The types do not know that these may be null.
      p_cursor: cursor,
      p_next_stage: next_stage,
      p_next_cursor: next_cursor,
      p_seen: seen,
      p_findings: findings,
    }).single(),
  );
}

/** Applies what happened there and was never told here. */
async function events(records: PaymentRecords, { id, cursor, ...time }: Progress): Promise<PageResult> {
  const { items, seen, next_cursor } = await records.listEvents(time, cursor);
  const known = unwrap(
    await trusted.from("payment_events").select("event_id").eq("provider", records.provider)
      .in("event_id", items.map(({ event_id }) => event_id)),
  );
  const known_ids = new Set(known.map(({ event_id }) => event_id));
  for (const event of items) if (!known_ids.has(event.event_id)) await applyPaymentEvent(event, id);
  return { seen, next_cursor };
}

/** Paid there: is it credited here, with the same amount? What is not is applied, or reported where it cannot be. */
async function payments(records: PaymentRecords, { id, cursor, ...time }: Progress): Promise<PageResult> {
  const { items, seen, next_cursor } = await records.listPayments(time, cursor);
  const credited = unwrap(
    await trusted.from("purchases").select("payment_id").eq("provider", records.provider)
      .in("payment_id", items.map(({ payment_id }) => payment_id)),
  );
  const credited_ids = new Set(credited.map(({ payment_id }) => payment_id));
  const findings: Finding[] = [];
  for (const { payment_id, amount_minor, currency } of items) {
    // Those are compared in the next stage.
    if (credited_ids.has(payment_id)) continue;
    const event = await records.readPaidEvent(payment_id);
    const { outcome, review_reason } = event === undefined
      ? { outcome: "unknown", review_reason: "no checkout of it was paid" }
      : await applyPaymentEvent(event, id);
    if (outcome === "applied") continue;
    findings.push({
      kind: "paid_not_credited",
      payment_id,
      purchase_id: event?.purchase_id ?? null,
      here: review_reason ?? "under review before",
      there: `${amount_minor} ${currency}`,
    });
  }
  return { seen, next_cursor, findings };
}

/** Credited here: was it paid there, with the same amount, refunds and disputes? Reported where not. */
async function purchases(records: PaymentRecords, { cursor, since, until }: Progress): Promise<PageResult> {
  let query = trusted.from("purchases").select("id, payment_id, price_minor, currency, refunded_minor, status")
    .eq("provider", records.provider).eq("livemode", records.livemode).not("payment_id", "is", null)
    .gte("updated_at", since).lte("updated_at", until);
  if (cursor !== null) query = query.gt("id", cursor);
  const page = unwrap(await query.order("id").limit(rows_per_page));
  const findings: Finding[] = [];
  for (let from = 0; from < page.length; from += questions_at_once) {
    const some = page.slice(from, from + questions_at_once);
    const states = await Promise.all(some.map(({ payment_id }) => records.readPayment(payment_id)));
    some.forEach((purchase, index) => findings.push(...compare(purchase, states[index])));
  }
  return { seen: page.length, next_cursor: page.length < rows_per_page ? null : page.at(-1)!.id, findings };
}

interface CreditedPurchase {
  id: string;
  payment_id: string;
  price_minor: number;
  currency: string;
  refunded_minor: number;
  status: string;
}

function compare(purchase: CreditedPurchase, payment: PaymentState | undefined): Finding[] {
  const { id: purchase_id, payment_id, currency } = purchase;
  const price = `${purchase.price_minor} ${currency}`;
  const about = { payment_id, purchase_id };
  if (payment === undefined) return [{ kind: "credited_not_paid", ...about, here: price, there: "not paid" }];

  const paid = `${payment.amount_minor} ${payment.currency}`;
  const disputed = purchase.status === "disputed";
  const findings: Finding[] = [];
  if (price !== paid) findings.push({ kind: "amount_differs", ...about, here: price, there: paid });
  if (purchase.refunded_minor !== payment.refunded_minor) {
    const [here, there] = [purchase, payment].map(({ refunded_minor }) => `${refunded_minor} ${currency}`);
    findings.push({ kind: "refund_differs", ...about, here: here!, there: there! });
  }
  if (disputed !== payment.disputed) {
    const [here, there] = [disputed, payment.disputed].map((is) => is ? "disputed" : "not disputed");
    findings.push({ kind: "dispute_differs", ...about, here: here!, there: there! });
  }
  return findings;
}

/** Tries again what was put under review and is due. */
async function retries({ provider }: PaymentRecords, { retries_seen }: Progress): Promise<PageResult> {
  for (let seen = 0; seen < rows_per_page; seen++) {
    const due = unwrap(await trusted.rpc("retry_payment_event", { p_provider: provider }).maybeSingle());
    if (due === null) return { seen, next_cursor: null };
  }
  return { seen: rows_per_page, next_cursor: String(retries_seen + rows_per_page) };
}
