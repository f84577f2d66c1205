// @ts-check
import { OpenAttempt, useWrite } from "./action.js";
import { useApp } from "./context.js";
import { tokenCount } from "./format.js";
import { html, useRef } from "./html.js";
import { Notice } from "./notice.js";

/** The fields of a form that asks for an amount and what it is for. */
export function readAmount(/** @type {HTMLFormElement} */ form) {
  const fields = new FormData(form);
  const reference = String(fields.get("reference") ?? "").trim();
  return { amount: Number(fields.get("amount")), ...(reference !== "" && { reference }) };
}

/** Spends tokens. */
export function Spend() {
  const { tally, wallet } = useApp();
  const form = useRef(null);
  const spend = useWrite("spend", async (input, options) => {
    const answer = await tally.tokens.deduct(input, options);
    wallet.show(answer);
    form.current?.reset();
    return { ...answer, amount: input.amount };
  });

  function onSubmit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    void spend.run(readAmount(form.current));
  }

  return html`
    <article aria-labelledby="spend-title">
      <h2 id="spend-title">Spend</h2>
      <p class="hint">Pays for something whose cost is known.</p>
      <form ref=${form} onSubmit=${onSubmit} hidden=${spend.open !== undefined}>
        <${AmountFields} what="What for" example="export" />
        <button type="submit" aria-busy=${spend.is_busy}>Spend</button>
      </form>
      <${Notice} problem=${spend.problem}
        done=${spend.answer && `Spent ${tokenCount(spend.answer.amount)}. You have ${spend.answer.token} left.`}>
        ${spend.open && html`
          <${OpenAttempt} write=${spend} what="spending ${tokenCount(spend.open.input.amount)}" />
        `}
      <//>
    </article>
  `;
}

/**
 * How many tokens, and what for.
 *
 * @param {{ what: string, example: string }} props
 */
export function AmountFields({ what, example }) {
  return html`
    <div class="fields">
      <label>Tokens<input name="amount" type="number" inputmode="numeric" min="1" max="1000000000" step="1" required /></label>
      <label>${what} <span class="optional">(optional)</span>
        <input name="reference" maxlength="255" placeholder=${example} autocomplete="off" />
      </label>
    </div>
  `;
}
