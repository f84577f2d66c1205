// @ts-check
import { OpenAttempt, useWrite } from "./action.js";
import { useApp } from "./context.js";
import { clock, tokenCount, tokens, until } from "./format.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { messageOf } from "./messages.js";
import { Notice } from "./notice.js";
import { useReading } from "./reading.js";
import { useStore } from "./store.js";

/** The open reservations, each with what ends it. */
export function Holds() {
  const { tally, wallet } = useApp();
  const { version } = useStore(wallet.store);
  const title = useRef(null);
  const [done, setDone] = useState("");
  const { data, problem } = useReading(() => tally.tokens.holds({ status: "held", limit: 100 }), [version]);
  const holds = data?.holds ?? [];

  // What runs out goes from the list, and its tokens come back.
  const next_end = Math.min(...holds.map(({ expires_at }) => new Date(expires_at).getTime()));
  useEffect(() => {
    if (next_end === Infinity) return undefined;
    const timer = setTimeout(wallet.refresh, Math.max(1_000, next_end - Date.now() + 500));
    return () => clearTimeout(timer);
  }, [next_end, version]);

  function onEnded(/** @type {string} */ text) {
    setDone(text);
    // The row with the button goes: whoever uses a keyboard goes on from the heading.
    title.current.focus();
  }

  return html`
    <article aria-labelledby="holds-title" class="holds">
      <h2 id="holds-title" tabindex="-1" ref=${title}>Open reservations</h2>
      <${Notice} problem=${problem} done=${done} />
      ${data === undefined && problem === undefined && html`<p aria-busy="true">Looking…</p>`}
      ${data !== undefined && holds.length === 0 && html`<p class="empty">Nothing is reserved at the moment.</p>`}
      <ul>
        ${holds.map((hold) => html`<${Hold} key=${hold.id} hold=${hold} onEnded=${onEnded} />`)}
      </ul>
    </article>
  `;
}

/**
 * One open reservation: settle it for what the work did cost, or give it back.
 *
 * @param {{ hold: import("../client/index.d.ts").Hold, onEnded: (text: string) => void }} props
 */
function Hold({ hold, onEnded }) {
  const { tally, wallet } = useApp();
  const { id, amount, reference, expires_at, placed_by } = hold;
  const [cost, setCost] = useState(String(amount));

  /** Where it was ended elsewhere the row goes, too, with a word of why. */
  function noteEnd(/** @type {any} */ problem) {
    if (problem.code !== "hold_settled" && problem.code !== "hold_not_found") throw problem;
    onEnded(messageOf(problem).text);
    void wallet.refresh();
    return undefined;
  }

  const settle = useWrite(`settle.${id}`, async (input, options) => {
    const answer = await tally.tokens.capture({ id, ...input }, options).catch(noteEnd);
    if (answer === undefined) return;
    wallet.show(answer);
    onEnded(`Settled for ${tokenCount(answer.captured_amount)}. You have ${tokens(answer.token)} to spend.`);
  });
  const release = useWrite(`release.${id}`, async (_, options) => {
    const answer = await tally.tokens.release({ id }, options).catch(noteEnd);
    if (answer === undefined) return;
    wallet.show(answer);
    onEnded(`Gave ${tokenCount(amount)} back. You have ${tokens(answer.token)} to spend.`);
  });
  const open = settle.open ? settle : release.open ? release : undefined;
  const is_busy = settle.is_busy || release.is_busy;

  function onSubmit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    if (!is_busy) void settle.run({ amount: Number(cost) });
  }

  return html`
    <li>
      <div class="hold">
        <p>
          <strong>${tokenCount(amount)}</strong>${reference !== null &&
            html`<span> for <q>${reference}</q></span>`}<br />
          <small>until ${clock(expires_at)}, ${until(expires_at)}</small>
        </p>
        ${placed_by === "server"
          ? html`<p class="hint">The service reserved this, and settles it when its work is done.</p>`
          : html`
            <form onSubmit=${onSubmit} hidden=${open !== undefined}>
              <label>Cost<input type="number" inputmode="numeric" min="1" max="1000000000" step="1" required
                value=${cost} onInput=${(event) => setCost(event.target.value)} /></label>
              <button type="submit" aria-busy=${settle.is_busy}>Settle</button>
              <button type="button" class="secondary outline" aria-busy=${release.is_busy}
                onClick=${() => !is_busy && release.run({})}>Give back</button>
            </form>
          `}
      </div>
      <${Notice} problem=${settle.problem ?? release.problem}>
        ${open && html`<${OpenAttempt} write=${open} what=${open === settle ? "settling" : "giving back"} />`}
      <//>
    </li>
  `;
}
