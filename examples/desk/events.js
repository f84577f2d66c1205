// @ts-check
import { useApp } from "../wallet/context.js";
import { moment, price } from "../wallet/format.js";
import { html } from "../wallet/html.js";
import { ActionDialog } from "./action_dialog.js";

/** @type {Record<string, string>} What a provider says. */
const facts = {
  paid: "Paid",
  failed: "Not paid",
  refunded: "Refunded",
  refund_failed: "Refund failed",
  dispute_opened: "Disputed",
  dispute_won: "Dispute won",
  dispute_lost: "Dispute lost",
  other: "Something else",
};

/** @type {Record<string, string>} Why an event changed nothing. */
const reasons = {
  payment_missing: "it names no payment",
  purchase_unknown: "no purchase here has that id",
  purchase_paid_twice: "the purchase was paid before: refund this payment",
  payment_of_another_purchase: "it names another purchase than its payment did",
  mode_differs: "test money and real money are mixed up",
  currency_differs: "the currency is not the price's",
  amount_differs: "the amount is not the price",
  account_closed: "the account was deleted",
  wallet_busy: "the wallet was busy",
  balance_limit: "the balance would be too large",
  failed: "something went wrong here",
};

/**
 * What a provider said of a payment, and what became of it.
 *
 * @param {{ event: any, onDone: (text: string) => void }} props
 */
export function EventLine({ event, onDone }) {
  const { tally } = useApp();
  const { provider, event_id, fact, amount_minor, currency, review_reason, received_at } = event;
  return html`
    <li class=${review_reason === null ? "event" : "event review"}>
      <span>
        ${facts[fact] ?? fact}${amount_minor !== null && currency !== null && ` ${price(amount_minor, currency)}`},
        ${" "}says ${provider}, ${moment(received_at)}
        ${event.found_by_reconciliation && html`
          <mark>webhook lost, found by asking</mark>
        `}
      </span>
      ${review_reason !== null && html`
        <p class="notice problem">
          It changed nothing: ${reasons[review_reason] ?? review_reason}.
          ${event.next_attempt_at && ` It is tried again by itself, next ${moment(event.next_attempt_at)}.`}
        </p>
        <${ActionDialog} label="Try again" title="Try this event again"
          text="What the provider said is looked at anew, and applied if nothing is against it by now."
          send=${(/** @type {any} */ { reason }, /** @type {any} */ options) =>
            tally.support.retry({ provider, event_id, reason }, options)}
          onDone=${(/** @type {any} */ { outcome, review_reason }) =>
            onDone(
              outcome === "review"
                ? `Tried again. It still changed nothing: ${reasons[review_reason] ?? review_reason}.`
                : "Tried again, and applied.",
            )} />
      `}
      <small class="id">${event_id}</small>
    </li>
  `;
}
