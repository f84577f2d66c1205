// @ts-check
import { useAction } from "./action.js";
import { isOpenEnded } from "./attempts.js";
import { useApp } from "./context.js";
import { price, tokenCount, tokens } from "./format.js";
import { html } from "./html.js";
import { Notice } from "./notice.js";
import { noteLeaving, Purchases } from "./purchases.js";
import { useReading } from "./reading.js";
import { useStore } from "./store.js";

/** What can be bought, and what was. */
export function BuyPage() {
  const { tally, wallet } = useApp();
  const { balance } = useStore(wallet.store);
  const { data, problem, again } = useReading(() => tally.payments.packs(), []);
  return html`
    <h1 tabindex="-1">Buy tokens</h1>
    ${balance !== undefined && html`<p class="lead">You have ${tokenCount(balance.token)} to spend.</p>`}
    <${Notice} problem=${problem}>
      ${problem !== undefined && html`<button type="button" onClick=${again}>Try again</button>`}
    <//>
    ${data === undefined && problem === undefined && html`<p aria-busy="true">Asking what is for sale…</p>`}
    ${data?.packs.length === 0 && html`<p class="empty">Nothing is for sale at the moment.</p>`}
    <ul class="packs">
      ${data?.packs.map((pack) => html`<${Pack} key=${pack.id} ...${{ pack, packs: data.packs }} />`)}
    </ul>
    <${Purchases} />
  `;
}

/**
 * One pack, with the way to its checkout. Its idempotency key is kept until the purchase has ended: a second click, a
 * reload, or coming back without having paid leads to the same purchase, not to a second one.
 *
 * @param {{ pack: import("../client/index.d.ts").Pack, packs: import("../client/index.d.ts").Pack[] }} props
 */
function Pack({ pack: { id, tokens: count, price_minor, currency }, packs }) {
  const { tally, session, attempts } = useApp();
  const name = `checkout.${id}`;

  const checkout = useAction(async () => {
    const begin = () => {
      const { key, input } = attempts.begin(name, { pack_id: id });
      return session.run(() => tally.payments.checkout(/** @type {any} */ (input), { idempotencyKey: key }));
    };
    try {
      const { purchase_id, checkout_url } = await begin().catch((problem) => {
        if (problem.code !== "purchase_ended") throw problem;
        // The last one was paid, or closed: this is a new one.
        attempts.end(name);
        return begin();
      });
      noteLeaving(sessionStorage, purchase_id);
      location.assign(checkout_url);
    } catch (problem) {
      if (!isOpenEnded(problem)) attempts.end(name);
      throw problem;
    }
  });

  const dearest = Math.max(...packs.map(({ price_minor, tokens }) => price_minor / tokens));
  const saved_percent = Math.round((1 - price_minor / count / dearest) * 100);
  return html`
    <li>
      <article aria-labelledby="pack-${id}">
        <h2 id="pack-${id}">${tokens(count)} <small>tokens</small></h2>
        <p class="price">
          ${price(price_minor, currency)} ${saved_percent > 0 && html`
            <span class="saved">${saved_percent} % less per token</span>
          `}
        </p>
        <${Notice} problem=${checkout.problem} />
        <button type="button" aria-busy=${checkout.is_busy} onClick=${() => checkout.run()}
          aria-label="Buy ${tokenCount(count)} for ${price(price_minor, currency)}">Buy</button>
      </article>
    </li>
  `;
}
