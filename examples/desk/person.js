// @ts-check
import { useApp } from "../wallet/context.js";
import { day, moment, tokenCount, tokens, until } from "../wallet/format.js";
import { html, useEffect, useRef, useState } from "../wallet/html.js";
import { useReading } from "../wallet/reading.js";
import { ActionDialog } from "./action_dialog.js";
import { Log } from "./log.js";
import { Notice } from "./notice.js";
import { Timeline } from "./timeline.js";

/**
 * All that the staff sees of a person, and what can be done about it.
 *
 * @param {{ user_id: string }} props
 */
export function PersonPage({ user_id }) {
  const { tally, user } = useApp();
  // Whatever was done, all that depends on it is read again.
  const [done, setDone] = useState(/** @type {{ text: string, times: number } | undefined} */ (undefined));
  const tell = (/** @type {string} */ text) =>
    setDone(({ times } = { text, times: 0 }) => ({ text, times: times + 1 }));
  const times = done?.times ?? 0;
  const person = useReading(() => tally.support.person({ id: user_id }), [user_id, times]);
  const holds = useReading(() => tally.support.holds({ id: user_id }), [user_id, times]);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const { data } = person;
  const is_open = data !== undefined;
  useEffect(() => {
    // Whoever searched goes on reading where the answer is.
    if (is_open) heading.current?.focus();
  }, [is_open]);
  if (data === undefined) {
    return person.problem === undefined
      ? html`<p class="opening" aria-busy="true">Looking …</p>`
      : html`<${Notice} problem=${person.problem} />`;
  }

  return html`
    <section class="person" aria-labelledby="person">
      <h1 id="person" tabindex="-1" ref=${heading}>${data.email ?? "Without an address"}</h1>
      <p class="facts">
        <code class="id">${user_id}</code>
        ${data.created_at && html`<span>since ${day(data.created_at)}</span>`}
        ${data.last_sign_in_at && html`<span>last sign-in ${moment(data.last_sign_in_at)}</span>`}
        ${data.banned_until && html`<mark>banned until ${day(data.banned_until)}</mark>`}
        ${data.is_staff && html`<mark>support staff</mark>`}
      </p>
      ${user_id === user.id &&
        html`<p class="notice open">This is your own account: only a colleague can change it.</p>`}
      <${Notice} problem=${person.problem ?? holds.problem} done=${done?.text} />
      <dl class="tiles">
        <div><dt>To spend</dt><dd data-balance>${tokens(data.token)}</dd></div>
        <div><dt>Held</dt><dd>${tokens(data.held)}</dd></div>
        <div class=${data.debt > 0 ? "debt" : ""}><dt>Debt</dt><dd>${tokens(data.debt)}</dd></div>
      </dl>
      <div class="act"><${Adjust} ...${{ user_id, tell }} /></div>
      <${Holds} holds=${holds.data?.holds ?? []} ...${{ user_id, tell }} />
      <${Timeline} ...${{ user_id, times, tell }} />
      <${Log} ...${{ user_id, times }} />
    </section>
  `;
}

/** @param {{ user_id: string, tell: (text: string) => void }} props */
function Adjust({ user_id, tell }) {
  const { tally } = useApp();
  return html`
    <${ActionDialog} label="Correct the balance" title="Correct the balance"
      text="Only where nothing below can be reversed, released or tried again: an event that is applied later would count twice."
      send=${(/** @type {any} */ { amount, reference, reason }, /** @type {any} */ options) =>
        tally.support.adjust(
          { id: user_id, amount: Number(amount), reason, ...(reference !== "" && { reference }) },
          options,
        )}
      onDone=${(/** @type {any} */ { amount, token }) =>
        tell(
          `${amount > 0 ? "Credited" : "Debited"} ${tokenCount(Math.abs(amount))}. The balance is ${tokens(token)}.`,
        )}>
      <label>
        Tokens
        <input name="amount" type="number" required min="-100000" max="100000" step="1" placeholder="5, or −5 to take" />
      </label>
      <label>
        Reference <span class="optional">(if there is one: a payment id, say)</span>
        <input name="reference" maxlength="255" autocomplete="off" />
      </label>
      <//>
  `;
}

/** @param {{ user_id: string, holds: any[], tell: (text: string) => void }} props */
function Holds({ user_id, holds, tell }) {
  const { tally } = useApp();
  if (holds.length === 0) return null;
  return html`
    <article aria-labelledby="holds">
      <h2 id="holds">Open holds</h2>
      <ul class="lines">
        ${holds.map(({ id, amount, placed_by, reference, expires_at }) =>
          html`
            <li key=${id}>
              <span>
                <strong>${tokenCount(amount)}</strong> held by a ${placed_by}${reference !== null &&
                  ` for ${reference}`}, back${" "}
                ${until(expires_at)} by itself
              </span>
              <${ActionDialog} label="Release" title="Release this hold"
                text=${placed_by === "server"
                  ? `Gives ${tokenCount(amount)} back. A server placed it: work that still runs cannot be charged then.`
                  : `Gives ${tokenCount(amount)} back.`}
                send=${(/** @type {any} */ { reason }, /** @type {any} */ options) =>
                  tally.support.release({ id: user_id, hold_id: id, reason }, options)}
                onDone=${(/** @type {any} */ { token }) =>
                  tell(`Released ${tokenCount(amount)}. The balance is ${tokens(token)}.`)} />
            </li>
          `
        )}
      </ul>
    </article>
  `;
}
