// @ts-check
import { useAction } from "../wallet/action.js";
import { useApp } from "../wallet/context.js";
import { change, kindName, moment, price, tokenCount, tokens } from "../wallet/format.js";
import { html, useState } from "../wallet/html.js";
import { useReading } from "../wallet/reading.js";
import { ActionDialog } from "./action_dialog.js";
import { EventLine } from "./events.js";
import { Notice } from "./notice.js";
import { AskProviders } from "./search.js";

const page_size = 50;
/** How far apart two equal debits may be to look like one that was charged twice. */
const twice_ms = 15 * 60_000;

/**
 * Ledger and purchases in one order, newest first, as far back as both are read.
 *
 * @param {any[]} transactions newest first
 * @param {any[]} purchases newest first
 * @param {string} until the time down to which both are known
 */
export function inOneOrder(transactions, purchases, until) {
  return [
    ...transactions.map((entry) => ({ time: entry.created_at, entry })),
    ...purchases.map((purchase) => ({ time: purchase.created_at, purchase })),
  ].filter(({ time }) => Date.parse(time) >= Date.parse(until || "1970-01-01"))
    .sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
}

/**
 * The entry shortly before that looks the same: the same kind, amount and reference.
 *
 * @param {any} entry
 * @param {any[]} transactions
 */
export function lookalikeOf({ id, kind, amount, reference, created_at }, transactions) {
  if (kind !== "deduct") return undefined;
  return transactions.find((other) =>
    other.id < id && other.kind === kind && other.amount === amount && other.reference === reference &&
    Date.parse(created_at) - Date.parse(other.created_at) < twice_ms
  );
}

/**
 * One page of each list, from where `cursors` say; null says that a list has ended.
 *
 * @param {any} tally
 * @param {string} user_id
 * @param {Record<string, string | null>} cursors
 */
async function readPages(tally, user_id, cursors) {
  /** @param {"transactions" | "purchases"} list */
  const page = async (list) => {
    const cursor = cursors[list];
    if (cursor === null) return { [list]: [], next_cursor: null };
    return await tally.support[list]({ id: user_id, limit: page_size, cursor });
  };
  const [entries, bought] = await Promise.all([page("transactions"), page("purchases")]);
  return {
    transactions: entries.transactions,
    purchases: bought.purchases,
    cursors: { transactions: entries.next_cursor, purchases: bought.next_cursor },
  };
}

/**
 * What happened to a person's tokens and payments, in one order.
 *
 * @param {{ user_id: string, times: number, tell: (text: string) => void }} props
 */
export function Timeline({ user_id, times, tell }) {
  const { tally, session } = useApp();
  const first = useReading(() => readPages(tally, user_id, {}), [user_id, times]);
  // Whatever was done, the list begins anew: older pages belong to the reading that they go on from.
  const [longer, setLonger] = useState(/** @type {any} */ (undefined));
  const state = longer?.first === first.data ? longer : first.data;
  const { transactions = [], purchases = [], cursors } = state ?? {};
  const older = useAction(async () => {
    const page = await session.run(() => readPages(tally, user_id, cursors));
    setLonger({
      first: first.data,
      transactions: [...transactions, ...page.transactions],
      purchases: [...purchases, ...page.purchases],
      cursors: page.cursors,
    });
  });

  // A list that goes on says nothing of what is older than its last row.
  const ends = [transactions, purchases].flatMap((rows, index) =>
    cursors?.[["transactions", "purchases"][index] ?? ""] ? [rows.at(-1).created_at] : []
  );
  const items = inOneOrder(transactions, purchases, ends.sort().at(-1) ?? "");
  const reversed = new Set(transactions.map((/** @type {any} */ { reverses }) => reverses));

  return html`
    <article aria-labelledby="timeline">
      <h2 id="timeline">What happened</h2>
      <${Notice} problem=${first.problem ?? older.problem} />
      ${cursors !== undefined && items.length === 0 &&
        html`<p class="empty">Nothing yet: no purchase and no entry.</p>`}
      <ol class="timeline">
        ${items.map((item) =>
          "entry" in item
            ? html`
              <${Entry} key=${`entry-${item.entry.id}`} ...${{ user_id, tell }} entry=${item.entry}
                lookalike=${lookalikeOf(item.entry, transactions)} is_reversed=${reversed.has(item.entry.id)} />
            `
            : html`<${Purchase} key=${item.purchase.id} purchase=${item.purchase} tell=${tell} />`
        )}
      </ol>
      ${ends.length > 0 && html`
        <button type="button" class="secondary outline" aria-busy=${older.is_busy} onClick=${() => older.run()}>
          Show older
        </button>
      `}
    </article>
  `;
}

/** @type {Record<string, string>} Who asked for an entry. */
const requesters = { user: "by the person", server: "by a server", staff: "by the staff", system: "by itself" };

/** One line of the ledger. */
function Entry({ user_id, entry, lookalike, is_reversed, tell }) {
  const { tally } = useApp();
  const { id, kind, amount, debt_change, balance_after, reference, metadata, requested_by, reverses, created_at } =
    entry;
  const { reason, ...rest } = metadata;
  const is_reversible = ["add", "deduct", "adjustment"].includes(kind) && !is_reversed;
  return html`
    <li class="item entry">
      <time>${moment(created_at)}</time>
      <div class="what">
        <strong>${kindName(kind)}</strong>
        <span class=${amount < 0 ? "number minus" : "number plus"}>${change(amount)}</span>
        <span class="after">leaves ${tokens(balance_after)}</span>
        ${debt_change !== 0 && html`<span class="after">debt ${change(debt_change)}</span>`}
        <p class="more">
          entry ${id}, ${requesters[requested_by] ?? requested_by}${reference !== null &&
            html`, for <b>${reference}</b>`}
          ${reverses !== null && `, takes back entry ${reverses}`}
          ${is_reversed && html`
            <mark>reversed</mark>
          `}
        </p>
        ${typeof reason === "string" && html`<p class="more"><q>${reason}</q></p>`}
        ${Object.keys(rest).length > 0 && html`
          <details>
            <summary>Metadata</summary>
            <pre>${JSON.stringify(rest, null, 2)}</pre>
          </details>
        `}
        ${lookalike && !is_reversed && html`
          <p class="notice open">Looks like entry ${lookalike.id}, shortly before: charged twice?</p>
        `}
      </div>
      ${is_reversible && html`
        <${ActionDialog} label="Reverse" title="Reverse entry ${id}"
          text=${amount < 0
            ? `Gives ${tokenCount(-amount)} back. An entry is reversed once.`
            : `Takes ${tokenCount(amount)} back. An entry is reversed once.`}
          send=${(/** @type {any} */ { reason, allow_partial }, /** @type {any} */ options) =>
            tally.support.reverse(
              { id: user_id, transaction_id: String(id), reason, ...(allow_partial && { allow_partial: true }) },
              options,
            )}
          onDone=${(/** @type {any} */ { amount, token }) =>
            tell(`Reversed entry ${id}: ${change(amount)}. The balance is ${tokens(token)}.`)}>
          ${amount > 0 && html`
            <label><input type="checkbox" name="allow_partial" value="yes" /> Take what is left, if it is less</label>
          `}
        <//>
      `}
    </li>
  `;
}

/** What is to be said of a purchase before anybody looks closer. */
function verdictOf(/** @type {any} */ { status, granted, events }) {
  const in_review = events.some((/** @type {any} */ { review_reason }) => review_reason !== null);
  if (in_review) return { text: "An event needs a person: see below.", look: "problem" };
  if (status === "paid") return { text: `Paid, and ${tokenCount(granted)} credited.`, look: "done" };
  if (status === "pending" || status === "failed") {
    return events.length > 0 ? { text: "Not paid, says the provider.", look: "open" } : {
      text: "No provider has told us of a payment. If they paid, the webhook was lost.",
      look: "open",
      is_lost: true,
    };
  }
  return { text: `${tokenCount(granted)} of it are left.`, look: "open" };
}

/** One purchase with what its provider said of it. */
function Purchase({ purchase, tell }) {
  const { id, pack_id, tokens: count, price_minor, currency, status, payment_id, provider, events, created_at } =
    purchase;
  const { text, look, is_lost } = verdictOf(purchase);
  return html`
    <li class="item purchase">
      <time>${moment(created_at)}</time>
      <div class="what">
        <strong>Purchase of ${tokenCount(count)}</strong>
        <span>${price(
          price_minor,
          currency,
        )}, pack ${pack_id}, ${provider}</span> <mark class=${status}>${status}</mark>
        <p class="more">
          purchase <span class="id">${id}</span>${payment_id !== null &&
            html`, payment <span class="id">${payment_id}</span>`}
        </p>
        <p class="notice ${look}">${text}</p>
        <ul class="events">${events.map((/** @type {any} */ event) =>
          html`<${EventLine} ...${{ event }} onDone=${tell} />`
        )}</ul>
      </div>
      ${is_lost && html`
        <${AskProviders} onDone=${(/** @type {any} */ { events_missed }) =>
          tell(`The providers were asked: ${events_missed} missed events were found and applied.`)} />
      `}
    </li>
  `;
}
