import { type DatabaseClient, unwrap } from "../_shared/clients.ts";
import { words } from "../_shared/database.ts";
import { Problem, problems } from "../_shared/problem.ts";
import { applyPaymentEvent } from "./events.ts";
import { type History, Malformed, type PaymentState, type Provider } from "./providers/provider.ts";
import type { Finding, Reconciliation } from "./schema.ts";

/** A provider that tells about the past. */
export interface Source extends Pick<Provider, "name" | "livemode"> {
  history: History;
}

/** The input of a stage. */
interface Work {
  /** A client with the secret key. */
  trusted: DatabaseClient;
  source: Source;
  progress: Progress;
  /** Notes a thing that cannot be read or applied, so that the others are. */
  skip(line: string): void;
}

/** The result of one page of a stage. */
interface PageResult {
  seen: number;
  /** Null if the stage is over. */
  next_cursor: string | null;
  findings?: Finding[];
}

type Progress = Omit<Reconciliation, "findings"> & { cursor: string | null };
type Stage = (work: Work) => Promise<PageResult>;

/**
 * The stages in their order: missed events are applied first, so that the differences left are worth a person's time.
 */
const stages: Record<Exclude<Progress["stage"], "done">, Stage> = { events, payments, purchases, retries };

const rows_per_page = 100;
/** Stripe lets test keys ask 25 times a second. */
const questions_at_once = 4;
const findings_shown = 100;

/**
 * Compares the books with a provider, both ways, since the last watermark: up to `max_pages` pages, from where the last
 * call got to. Each page is noted when it is done, so a call that dies, or two at once, do nothing twice.
 * 503 `upstream_unavailable` if the provider is down; what was done until then stays done.
 */
export async function reconcile(
  trusted: DatabaseClient,
  source: Source,
  max_pages: number,
  skip: Work["skip"],
): Promise<Reconciliation> {
  let progress = unwrap(
    await trusted.rpc("open_reconciliation", { p_provider: source.name, p_livemode: source.livemode }).single(),
  );
  for (let pages = 0; pages < max_pages && progress.stage !== "done"; pages++) {
    const result = await stages[progress.stage]({ trusted, source, progress, skip }).catch((cause) => {
      throw cause instanceof Problem ? cause : new Problem("upstream_unavailable", { cause });
    });
    progress = await advance(trusted, progress, result);
  }
  const { cursor: _, ...report } = progress;
  return { ...report, findings: report.finding_count === 0 ? [] : await listFindings(trusted, report.id) };
}

async function listFindings(trusted: DatabaseClient, reconciliation_id: string): Promise<Finding[]> {
  const query = trusted.from("payment_findings").select("kind, payment_id, purchase_id, here, there")
    .eq("reconciliation_id", reconciliation_id).order("kind").order("payment_id").limit(findings_shown);
  return unwrap(await query);
}

async function advance(trusted: DatabaseClient, { id, stage, cursor }: Progress, result: PageResult) {
  const { seen, next_cursor, findings = [] } = result;
  const next_stage = next_cursor === null
    ? words.reconciliation_stage[words.reconciliation_stage.indexOf(stage) + 1]!
    : stage;
  return unwrap(
    await trusted.rpc("advance_reconciliation", {
      p_id: id,
      p_stage: stage,
      p_cursor: cursor,
      p_next_stage: next_stage,
      p_next_cursor: next_cursor,
      p_seen: seen,
      p_findings: findings,
    }).single(),
  );
}

/** Applies the provider's events that no webhook has told. */
async function events({ trusted, source, progress: { id, cursor, ...time }, skip }: Work): Promise<PageResult> {
  const { items, seen, malformed, next_cursor } = await source.history.listEvents(time, cursor);
  malformed.forEach(skip);
  const known = unwrap(
    await trusted.from("payment_events").select("event_id").eq("provider", source.name)
      .in("event_id", items.map(({ event_id }) => event_id)),
  );
  const known_ids = new Set(known.map(({ event_id }) => event_id));
  for (const event of items) {
    if (known_ids.has(event.event_id)) continue;
    await applyPaymentEvent(trusted, event, id).catch((error) => skip(failureOf(event.event_id, error)));
  }
  return { seen, next_cursor };
}

/**
 * Compares the provider's payments with the purchases: one that is not credited is applied, or reported if it cannot
 * be.
 */
async function payments({ trusted, source, progress: { id, cursor, ...time }, skip }: Work): Promise<PageResult> {
  const { items, seen, malformed, next_cursor } = await source.history.listPayments(time, cursor);
  malformed.forEach(skip);
  const credited = unwrap(
    await trusted.from("purchases").select("payment_id").eq("provider", source.name)
      .in("payment_id", items.map(({ payment_id }) => payment_id)),
  );
  const credited_ids = new Set(credited.map(({ payment_id }) => payment_id));
  const findings: Finding[] = [];
  for (const { payment_id, amount_minor, currency } of items) {
    // Those are compared in the next stage.
    if (credited_ids.has(payment_id)) continue;
    const event = await source.history.readPaidEvent(payment_id).catch(malformedOf);
    const { outcome, review_reason } = event === undefined
      ? { outcome: "unknown", review_reason: "no checkout of it was paid" }
      : event instanceof Malformed
      ? { outcome: "unknown", review_reason: "its checkout is malformed" }
      : await applyPaymentEvent(trusted, event, id).catch((error) => ({
        outcome: "failed",
        review_reason: failureOf(event.event_id, error),
      }));
    if (outcome === "applied") continue;
    findings.push({
      kind: "paid_not_credited",
      payment_id,
      purchase_id: event instanceof Malformed ? null : event?.purchase_id ?? null,
      here: review_reason ?? "under review before",
      there: `${amount_minor} ${currency}`,
    });
  }
  return { seen, next_cursor, findings };
}

/** Compares the credited purchases with the provider's payments, refunds and disputes, and reports what differs. */
async function purchases({ trusted, source, progress: { cursor, since, until } }: Work): Promise<PageResult> {
  let query = trusted.from("purchases")
    .select("id, payment_id, price_minor, currency, refunded_minor, status, updated_at")
    .eq("provider", source.name).eq("livemode", source.livemode).not("payment_id", "is", null)
    .lte("updated_at", until);
  if (cursor === null) {
    query = query.gte("updated_at", since);
  } else {
    // In the order of the index, so that no page begins with what the ones before it have read.
    const [updated_at, id] = cursor.split("_");
    query = query.gte("updated_at", updated_at!).or(`updated_at.gt.${updated_at},id.gt.${id}`);
  }
  const page = unwrap(await query.order("updated_at").order("id").limit(rows_per_page));
  const findings: Finding[] = [];
  for (let from = 0; from < page.length; from += questions_at_once) {
    const some = page.slice(from, from + questions_at_once);
    const states = await Promise.all(
      some.map(({ payment_id }) => source.history.readPayment(payment_id).catch(malformedOf)),
    );
    some.forEach((purchase, index) => findings.push(...compare(purchase, states[index])));
  }
  const last = page.at(rows_per_page - 1);
  const next_cursor = last === undefined ? null : `${new Date(last.updated_at).toISOString()}_${last.id}`;
  return { seen: page.length, next_cursor, findings };
}

interface CreditedPurchase {
  id: string;
  payment_id: string;
  price_minor: number;
  currency: string;
  refunded_minor: number;
  status: string;
}

function compare(purchase: CreditedPurchase, payment: PaymentState | Malformed | undefined): Finding[] {
  const { id: purchase_id, payment_id, currency } = purchase;
  const price = `${purchase.price_minor} ${currency}`;
  const about = { payment_id, purchase_id };
  if (payment === undefined) return [{ kind: "credited_not_paid", ...about, here: price, there: "not paid" }];
  if (payment instanceof Malformed) return [{ kind: "amount_differs", ...about, here: price, there: "malformed" }];

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

/** Tries the events again that are under review and due. */
async function retries({ trusted, source, progress: { retries_seen }, skip }: Work): Promise<PageResult> {
  for (let seen = 0; seen < rows_per_page; seen++) {
    const due = await trusted.rpc("retry_payment_event", { p_provider: source.name }).maybeSingle();
    let event;
    try {
      event = unwrap(due);
    } catch (error) {
      // The next call would meet the same event: the comparison ends, and the next one tries again.
      skip(failureOf("a retry", error));
      event = null;
    }
    if (event === null) return { seen, next_cursor: null };
  }
  return { seen: rows_per_page, next_cursor: String(retries_seen + rows_per_page) };
}

/** The line for an event that failed. An outage is thrown on, since the other events would meet it too. */
function failureOf(name: string, error: unknown): string {
  if (!(error instanceof Problem) || problems[error.code].status === 503) throw error;
  return `${name}: ${error.options.cause ?? error.code}`;
}

/** A malformed answer as a value; anything else is thrown on. */
function malformedOf(error: unknown): Malformed {
  if (error instanceof Malformed) return error;
  throw error;
}
