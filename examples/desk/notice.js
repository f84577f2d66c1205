// @ts-check
import { html } from "../wallet/html.js";
import { messageOf } from "../wallet/messages.js";

/** @type {Record<string, string>} By the code of a problem: what to tell the staff, where it is not what users are told. */
const messages = {
  staff_required: "You are not of the support staff any more. Ask whoever runs the service.",
  own_account: "This is your own account. A colleague has to do that.",
  user_not_found: "Nobody has that here. It may be an account that was deleted.",
  insufficient_tokens: "The person has fewer tokens than that: nothing was taken.",
  balance_limit: "The balance would be larger than a wallet can hold.",
  hold_not_found: "There is no such hold.",
  hold_settled: "This hold has ended already. Nothing was done; the page is up to date now.",
  transaction_not_found: "There is no such entry.",
  transaction_already_reversed: "This entry was reversed before. Nothing was done a second time.",
  transaction_not_reversible: "Entries of this kind cannot be reversed. Correct the balance instead.",
  event_not_found: "The provider sent no such event.",
  event_not_in_review: "This event is not under review any more: it was followed in the meantime.",
  too_many_requests: "You have looked at as much as there may be in an hour. Go on later.",
  session_ended: "You were signed out. Nothing was done. Sign in again.",
  wallet_busy: "The wallet is busy with other requests. Nothing was done; try again in a moment.",
};

/**
 * Tells of a problem, or that something was done. Its place is always there, so that screen readers hear what appears.
 *
 * @param {{ problem?: any, done?: string | undefined }} props
 */
export function Notice({ problem, done }) {
  const told = problem === undefined ? undefined : messageOf(problem);
  const text = problem !== undefined && Object.hasOwn(messages, problem?.code) ? messages[problem.code] : told?.text;
  return html`
    <div role="status">${done && html`<p class="notice done">${done}</p>`}</div>
    <div role="alert">
      ${told && html`
        <div class="notice problem">
          <p>${text}</p>
          ${problem?.code === "validation_failed" && told.details.map((detail) => html`<p>${detail}</p>`)}
          ${problem?.request_id && html`<p class="request">Request ${problem.request_id}</p>`}
        </div>
      `}
    </div>
  `;
}
