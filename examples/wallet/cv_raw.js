// @ts-check
import { isSame, readDocument } from "./cv_document.js";
import { html, useRef, useState } from "./html.js";

/**
 * The document itself, to type in.
 *
 * @param {object} props
 * @param {import("./cv_document.js").Document} props.data
 * @param {string | undefined} props.text what is typed, while it is no valid document
 * @param {(text: string) => void} props.onText
 */
export function CvRaw({ data, text, onText }) {
  const [last_typed, setTyped] = useState("");
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  // What is typed stays as it is typed, also where that is another way to write the same document.
  const is_typed = text === undefined ? isSame(readDocument(last_typed).data, data) : text === last_typed;
  const shown = is_typed ? last_typed : text ?? JSON.stringify(data, null, 2);
  const { error } = readDocument(shown);

  function goThere() {
    area.current?.focus();
    area.current?.setSelectionRange(error?.index ?? 0, (error?.index ?? 0) + 1);
  }

  return html`
    <label>The document, in JSON
      <textarea ref=${area} class="raw" rows="24" spellcheck=${false} autocapitalize="off" autocomplete="off"
        aria-invalid=${error === undefined ? undefined : "true"} aria-describedby="raw-error" value=${shown}
        onInput=${(/** @type {any} */ event) => {
          setTyped(event.target.value);
          onText(event.target.value);
        }}></textarea>
    </label>
    <div role="status" id="raw-error">
      ${error && html`<p class="notice problem">${error.text}
        ${
        error.index !== undefined && html`
          <button type="button" class="link" onClick=${goThere}>Go there</button>
        `
      }</p>`}
    </div>
  `;
}
