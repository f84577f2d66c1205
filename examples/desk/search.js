// @ts-check
import { useAction } from "../wallet/action.js";
import { useApp } from "../wallet/context.js";
import { html, useState } from "../wallet/html.js";
import { ActionDialog } from "./action_dialog.js";
import { EventLine } from "./events.js";
import { Notice } from "./notice.js";

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What somebody typed or pasted, as the service takes it. */
function readQuery(/** @type {string} */ text) {
  if (text.includes("@")) return { email: text };
  return uuid.test(text) ? { user_id: text.toLowerCase() } : { payment_id: text };
}

/** The box to find people with. One that is found is opened; of several one is chosen. */
export function Search() {
  const { tally, session } = useApp();
  const [query, setQuery] = useState(/** @type {ReturnType<typeof readQuery> | undefined} */ (undefined));
  const [asked, setAsked] = useState(/** @type {string | undefined} */ (undefined));
  const search = useAction(async (/** @type {ReturnType<typeof readQuery>} */ query) => {
    setQuery(query);
    const found = await session.run(() => tally.support.search(/** @type {any} */ (query)));
    if (found.people.length === 1) location.hash = `#person/${found.people[0].user_id}`;
    return found;
  });

  function onSubmit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const text = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("query")).trim();
    setAsked(undefined);
    if (text !== "") void search.run(readQuery(text));
  }

  const { answer, problem } = search;
  const is_lost = /** @type {any} */ (problem)?.code === "user_not_found" && query?.payment_id !== undefined;
  return html`
    <search>
      <form class="search" onSubmit=${onSubmit}>
        <label for="query">Find somebody</label>
        <div class="row">
          <input id="query" name="query" type="search" required minlength="3" maxlength="255" autocomplete="off"
            spellcheck="false" aria-describedby="query-hint" />
          <button type="submit" aria-busy=${search.is_busy}>Find</button>
        </div>
        <p id="query-hint" class="hint">
          By an e-mail address, a user id, or the payment id on a receipt. A request number from an error message is in
          the log of the functions: its <code>account</code> is the user id.
        </p>
      </form>
      ${is_lost
        ? html`
          <div role="alert" class="notice open">
            <p>No provider has told us of the payment ${query?.payment_id}. Its webhook may have been lost.</p>
            ${asked && html`<p>${asked}</p>`}
            <${AskProviders} onDone=${(/** @type {any} */ { events_missed }) => {
              setAsked(`The providers were asked: ${events_missed} missed events were found and applied.`);
              void search.run(query);
            }} />
          </div>
        `
        : html`<${Notice} problem=${problem} done=${answer && asked} />`}
      ${answer?.people.length === 0 && html`
        <article>
          <h2>This payment belongs to nobody here</h2>
          <ul class="events">
            ${answer.events.map((/** @type {any} */ event) => html`<${EventLine} event=${event} onDone=${setAsked} />`)}
          </ul>
        </article>
      `}
      ${answer?.people.length > 1 && html`
        <ul>
          ${answer.people.map((/** @type {any} */ { user_id, email }) =>
            html`<li><a href="#person/${user_id}">${email ?? user_id}</a></li>`
          )}
        </ul>
      `}
    </search>
  `;
}

/**
 * Has the providers asked for what their webhooks missed, until they have told all.
 *
 * @param {{ onDone: (answer: any) => void }} props
 */
export function AskProviders({ onDone }) {
  const { tally } = useApp();
  return html`
    <${ActionDialog} label="Ask the providers" look="" title="Ask the providers"
      text="Compares our books with what the payment providers say, and applies what their webhooks missed."
      onDone=${onDone}
      send=${async (/** @type {any} */ { reason }, /** @type {any} */ options) => {
        let answer, events_missed = 0;
        // Each answer goes on from where the last one got to.
        do {
          answer = await tally.support.reconcile({ reason }, options);
          events_missed = Math.max(events_missed, answer.events_missed);
        } while (!answer.is_done);
        return { ...answer, events_missed };
      }} />
  `;
}
