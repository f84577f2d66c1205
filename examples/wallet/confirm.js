// @ts-check
import { html, useRef } from "./html.js";

/**
 * A button that asks before it does what cannot be taken back.
 *
 * @param {{ label: string, title: string, text: string, onYes: () => unknown }} props
 */
export function Confirm({ label, title, text, onYes }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = `confirm-${label.toLowerCase()}`;
  return html`
    <button type="button" class="secondary outline" onClick=${() => dialog.current?.showModal()}>${label}</button>
    <dialog ref=${dialog} aria-labelledby=${id}>
      <article>
        <h2 id=${id}>${title}</h2>
        <p>${text}</p>
        <footer class="buttons">
          <button type="button" class="secondary outline" onClick=${() => dialog.current?.close()}>Cancel</button>
          <button type="button" onClick=${() => {
            dialog.current?.close();
            void onYes();
          }}>${label}</button>
        </footer>
      </article>
    </dialog>
  `;
}
