// @ts-check
import { useApp } from "./context.js";
import { tokens } from "./format.js";
import { Holds } from "./holds.js";
import { html } from "./html.js";
import { Notice } from "./notice.js";
import { Overview } from "./overview.js";
import { Reserve } from "./reserve.js";
import { Spend } from "./spend.js";
import { useStore } from "./store.js";

/** What is in the wallet, and what can be done with it. */
export function WalletPage() {
  return html`
    <h1 tabindex="-1">Wallet</h1>
    <div class="columns top-row">
      <${Balance} />
      <${Overview} />
    </div>
    <div class="columns">
      <${Spend} />
      <${Reserve} />
    </div>
    <${Holds} />
  `;
}

/** What can be spent, what is set aside, and what is owed. */
function Balance() {
  const { wallet } = useApp();
  const { balance, problem } = useStore(wallet.store);
  return html`
    <article class="balance" aria-labelledby="balance-title">
      <h2 id="balance-title">Balance</h2>
      ${balance === undefined && problem === undefined ? html`<p aria-busy="true">Counting…</p>` : html`
        <p class="amount" aria-live="polite">
          <strong data-balance>${balance === undefined ? "–" : tokens(balance.token)}</strong>
          <span>${balance?.token === 1 ? "token" : "tokens"} to spend</span>
        </p>
      `}
      ${balance !== undefined && html`
        <dl>
          <div>
            <dt>Reserved</dt>
            <dd data-held>${tokens(balance.held)}</dd>
          </div>
          <div class=${balance.debt > 0 ? "owed" : ""}>
            <dt>Owed</dt>
            <dd data-debt>${tokens(balance.debt)}</dd>
          </div>
        </dl>
        ${balance.debt > 0 && html`
          <p class="hint">A payment was taken back after its tokens were spent. What you buy next pays that first.</p>
        `}
      `}
      <${Notice} problem=${problem} />
      <p><a href="#buy" role="button" class=${balance?.token === 0 ? "" : "outline"}>Buy tokens</a></p>
    </article>
  `;
}
