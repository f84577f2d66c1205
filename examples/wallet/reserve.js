// @ts-check
import { OpenAttempt, useWrite } from "./action.js";
import { useApp } from "./context.js";
import { clock, tokenCount } from "./format.js";
import { html, useRef, useState } from "./html.js";
import { Notice } from "./notice.js";
import { AmountFields, readAmount } from "./spend.js";

const durations = [[300, "5 minutes"], [900, "15 minutes"], [3_600, "1 hour"], [86_400, "1 day"]];

/** Sets tokens aside for work whose cost is known only afterwards. */
export function Reserve() {
  const { tally, wallet } = useApp();
  const form = useRef(null);
  const [ttl_seconds, setTtl] = useState("900");
  const reserve = useWrite("reserve", async (input, options) => {
    const answer = await tally.tokens.hold(input, options);
    wallet.show(answer);
    form.current?.reset();
    return answer;
  });

  function onSubmit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    void reserve.run({ ...readAmount(form.current), ttl_seconds: Number(ttl_seconds) });
  }

  return html`
    <article aria-labelledby="reserve-title">
      <h2 id="reserve-title">Reserve</h2>
      <p class="hint">Sets tokens aside for work whose cost shows only afterwards. What is left comes back.</p>
      <form ref=${form} onSubmit=${onSubmit} hidden=${reserve.open !== undefined}>
        <${AmountFields} what="What for" example="render" />
        <label>For at most
          <select value=${ttl_seconds} onChange=${(/** @type {any} */ event) => setTtl(event.target.value)}>
            ${durations.map(([seconds, name]) =>
              html`
                <option value=${seconds}>${name}</option>
              `
            )}
          </select>
        </label>
        <button type="submit" aria-busy=${reserve.is_busy}>Reserve</button>
      </form>
      <${Notice} problem=${reserve.problem} done=${reserve.answer && doneText(reserve.answer)}>
        ${reserve.open && html`
          <${OpenAttempt} write=${reserve} what="reserving ${tokenCount(reserve.open.input.amount)}" />
        `}
      <//>
    </article>
  `;
}

/** @param {{ amount: number, expires_at: string }} hold */
function doneText({ amount, expires_at }) {
  return `Reserved ${tokenCount(amount)} until ${clock(expires_at)}.`;
}
