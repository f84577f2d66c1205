// @ts-check
import { useApp } from "../wallet/context.js";
import { moment } from "../wallet/format.js";
import { html, useState } from "../wallet/html.js";
import { useReading } from "../wallet/reading.js";
import { Notice } from "./notice.js";

/** @type {Record<string, string>} */
const actions = {
  search: "searched",
  person: "looked at the account",
  transactions: "looked at the ledger",
  holds: "looked at the holds",
  purchases: "looked at the purchases",
  log: "looked at this list",
  adjust: "corrected the balance",
  reverse: "reversed an entry",
  release: "released a hold",
  retry: "had an event tried again",
  reconcile: "had the providers asked",
};

/**
 * What the staff looked at and did for a person: read when it is opened, since that is a look as well.
 *
 * @param {{ user_id: string, times: number }} props
 */
export function Log({ user_id, times }) {
  const [is_open, setIsOpen] = useState(false);
  return html`
    <details class="log" onToggle=${(/** @type {any} */ event) => setIsOpen(event.currentTarget.open)}>
      <summary>Who of the staff was here</summary>
      ${is_open && html`<${Lines} ...${{ user_id, times }} />`}
    </details>
  `;
}

/** @param {{ user_id: string, times: number }} props */
function Lines({ user_id, times }) {
  const { tally } = useApp();
  const log = useReading(() => tally.support.log({ id: user_id, limit: 50 }), [user_id, times]);
  return html`
    <${Notice} problem=${log.problem} />
    <ul class="lines">
        ${(log.data?.lines ?? []).map((
          /** @type {any} */ { id, staff_id, staff_email, action, subject, reason, created_at },
        ) =>
          html`
            <li key=${id}>
              <span>
                <time>${moment(created_at)}</time> ${staff_email ?? staff_id} ${actions[action] ?? action}${subject &&
                  html`
                    <small class="id">${subject}</small>
                  `}
                ${reason && html`<q>${reason}</q>`}
              </span>
            </li>
          `
        )}
      </ul>
  `;
}
