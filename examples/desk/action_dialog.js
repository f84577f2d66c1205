// @ts-check
import { useAction } from "../wallet/action.js";
import { useApp } from "../wallet/context.js";
import { html, useRef, useState } from "../wallet/html.js";
import { Notice } from "./notice.js";

/** How many there are, for an id of each heading. */
let dialogs = 0;

/**
 * A button that asks for a reason before it does something, and does it once: what is sent again goes with the key that
 * it was sent with before.
 *
 * @param {{
 *   label: string, title: string, text: string, look?: string, children?: unknown,
 *   send: (fields: Record<string, string>, options: { idempotencyKey: string }) => Promise<any>,
 *   onDone: (answer: any) => void,
 * }} props
 */
export function ActionDialog({ label, title, text, look = "secondary outline", children, send, onDone }) {
  const { session } = useApp();
  const id = useRef(`dialog-${++dialogs}`).current;
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [attempt, setAttempt] = useState(/** @type {{ sent: string, key: string } | undefined} */ (undefined));

  const action = useAction(async (/** @type {Record<string, string>} */ fields) => {
    const sent = JSON.stringify(fields);
    // Another request is another attempt; the same one after a lost answer is not.
    const key = attempt?.sent === sent ? attempt.key : crypto.randomUUID();
    setAttempt({ sent, key });
    const answer = await session.run(() => send(fields, { idempotencyKey: key }));
    setAttempt(undefined);
    dialog.current?.close();
    onDone(answer);
  });

  function onSubmit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    void action.run(Object.fromEntries([...form].map(([name, value]) => [name, String(value).trim()])));
  }

  function open() {
    action.clear();
    dialog.current?.querySelector("form")?.reset();
    dialog.current?.showModal();
  }

  return html`
    <button type="button" class=${look} onClick=${open}>${label}</button>
    <dialog ref=${dialog} aria-labelledby=${id}>
      <article>
        <h2 id=${id}>${title}</h2>
        <p>${text}</p>
        <form onSubmit=${onSubmit}>
          ${children}
          <label>
            Reason
            <textarea name="reason" required maxlength="500" rows="3"></textarea>
            <small>Kept with your name. The person can read it in their history.</small>
          </label>
          <${Notice} problem=${action.problem} />
          <footer class="buttons">
            <button type="button" class="secondary outline" onClick=${() => dialog.current?.close()}>Cancel</button>
            <button type="submit" aria-busy=${action.is_busy}>${label}</button>
          </footer>
        </form>
      </article>
    </dialog>
  `;
}
