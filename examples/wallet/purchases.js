// @ts-check
import { useApp } from "./context.js";
import { clock, day, price, tokens } from "./format.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { Notice } from "./notice.js";
import { useReading } from "./reading.js";
import { useStore } from "./store.js";

/** @type {Record<string, string>} */
const status_names = {
  pending: "Not paid yet",
  paid: "Paid",
  failed: "Not paid",
  refunded: "Refunded",
  disputed: "Disputed",
};

const left_for = "tally.bought";

/** Notes which purchase the buyer leaves the page for, so that coming back leads to what became of it. */
export function noteLeaving(/** @type {Storage} */ storage, /** @type {string} */ purchase_id) {
  storage.setItem(left_for, purchase_id);
}

/** Whether the buyer left the page for a purchase of which they have not heard yet. */
export function isReturning(/** @type {Storage} */ storage) {
  return storage.getItem(left_for) !== null;
}

/** How often, and how many times, a payment is looked for that its provider has not told of yet. */
const interval_ms = 2_000;
const max_looks = 60;

/** The newest purchases. One that is not paid yet is watched: what its provider says of it comes later than the buyer. */
export function Purchases() {
  const { tally, wallet } = useApp();
  const { version } = useStore(wallet.store);
  const { data, problem, again } = useReading(() => tally.payments.purchases({ limit: 20 }), [version]);
  const purchases = data?.purchases ?? [];
  const arrived = useArrivals(purchases);

  const [looks, setLooks] = useState(0);
  const is_waiting = purchases.some(({ status }) => status === "pending") && looks < max_looks;
  useEffect(() => {
    if (!is_waiting) return undefined;
    const timer = setTimeout(() => {
      setLooks(looks + 1);
      if (document.visibilityState === "visible") again();
    }, interval_ms);
    return () => clearTimeout(timer);
  }, [is_waiting, looks]);
  useEffect(() => {
    if (arrived > 0) void wallet.refresh();
  }, [arrived]);

  return html`
    <article aria-labelledby="purchases-title">
      <h2 id="purchases-title">Your purchases</h2>
      <${Notice} problem=${problem} done=${arrived > 0 ? `Your payment has arrived: ${tokens(arrived)} tokens.` : ""} />
      ${data !== undefined && purchases.length === 0 && html`<p class="empty">You have bought nothing yet.</p>`}
      ${purchases.length > 0 && html`<${PurchaseTable} purchases=${purchases} />`}
    </article>
  `;
}

/**
 * How many tokens have arrived while the page is open.
 *
 * @param {import("../client/index.d.ts").Purchase[]} purchases
 */
function useArrivals(purchases) {
  const pending = useRef(new Set([sessionStorage.getItem(left_for)]));
  const arrived = useRef(0);
  for (const { id, status, granted } of purchases) {
    if (status === "pending") pending.current.add(id);
    else if (pending.current.delete(id)) {
      arrived.current += granted;
      if (sessionStorage.getItem(left_for) === id) sessionStorage.removeItem(left_for);
    }
  }
  return arrived.current;
}

/** @param {{ purchases: import("../client/index.d.ts").Purchase[] }} props */
function PurchaseTable({ purchases }) {
  return html`
    <table>
      <thead>
        <tr>
          <th>When</th>
          <th class="number">Tokens</th>
          <th class="number">Price</th>
          <th>State</th>
        </tr>
      </thead>
      <tbody>
        ${purchases.map(({ id, created_at, tokens: count, price_minor, currency, status, granted, refunded_minor }) =>
          html`
            <tr key=${id}>
              <td><time datetime=${created_at}>${day(created_at)}<br /><small>${clock(created_at)}</small></time></td>
              <td class="number">${tokens(count)}</td>
              <td class="number">${price(price_minor, currency)}</td>
              <td>
                <span class="state ${status}">${status_names[status] ?? status}</span>
                ${refunded_minor > 0 && html`<br /><small>${price(refunded_minor, currency)} returned</small>`}
                ${status !== "pending" && granted !== count &&
                  html`<br /><small>${tokens(granted)} tokens kept</small>`}
              </td>
            </tr>
          `
        )}
      </tbody>
    </table>
  `;
}
