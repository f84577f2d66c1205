// @ts-check
import { compare } from "./cv_document.js";
import { clock, day } from "./format.js";
import { html, useEffect, useRef } from "./html.js";

/** More of a value says nothing about what changed. */
const max_value_characters = 400;

/**
 * Shows what changed elsewhere and here since `base`, and lets the person decide.
 *
 * @param {object} props
 * @param {import("./cv_draft.js").Version} props.base
 * @param {import("./cv_draft.js").Version} props.theirs
 * @param {import("./cv_document.js").Document} props.data what is edited here
 * @param {() => void} props.onClose
 * @param {() => void} props.onTheirs
 * @param {(data: import("./cv_document.js").Document) => void} props.onSave told what to save over their version
 */
export function Conflict({ base, theirs, data, onClose, onTheirs, onSave }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => dialog.current?.showModal(), []);
  const { my_changes, their_changes, clashes, merged } = compare(base.data, data, theirs.data);
  const decide = (/** @type {() => void} */ act) => () => {
    dialog.current?.close();
    act();
  };

  return html`
    <dialog ref=${dialog} class="conflict" aria-labelledby="conflict-title" onClose=${onClose}>
      <article>
        <h2 id="conflict-title">Your CV was changed elsewhere</h2>
        <p>
          ${theirs.etag === undefined
            ? "It was deleted elsewhere while you edited it here."
            : `Another tab or device saved it${
              theirs.updated_at === undefined ? "" : ` on ${day(theirs.updated_at)}, ${clock(theirs.updated_at)}`
            }, while you edited it here.`} ${merged !== undefined
            ? "The changes do not touch each other: both can stay."
            : `Both changed ${clashes.length === 1 ? "the same part" : "the same parts"}, marked below.`}
        </p>
        <${Changes} title="Changed elsewhere" changes=${their_changes} clashes=${[]} />
        <${Changes} title="Changed here" changes=${my_changes} clashes=${merged === undefined ? clashes : []} />
        <footer class="buttons">
          <button type="button" class="secondary outline" onClick=${() => dialog.current?.close()}>Decide later</button>
          <button type="button" class="outline" onClick=${decide(onTheirs)}>Take theirs</button>
          <button type="button" class=${merged === undefined ? "" : "outline"}
            onClick=${decide(() => onSave(data))}>Keep mine</button>
          ${merged !== undefined &&
            html`<button type="button" onClick=${decide(() => onSave(merged))}>Keep both</button>`}
        </footer>
      </article>
    </dialog>
  `;
}

/**
 * @param {{
 *   title: string,
 *   changes: import("./cv_document.js").Change[],
 *   clashes: import("./cv_document.js").Change[],
 * }} props
 */
function Changes({ title, changes, clashes }) {
  return html`
    <h3>${title}</h3>
    ${changes.length === 0 && html`<p class="empty">Nothing.</p>`}
    <dl class="changes">
      ${changes.map((change) =>
        html`
          <div class=${clashes.includes(change) ? "clash" : ""}>
            <dt>${pathText(change.path)} ${clashes.includes(change) && html`<em>(on both sides)</em>`}</dt>
            <dd>
              <del>${valueText(change.before)}</del>
              <ins>${valueText(change.after)}</ins>
            </dd>
          </div>
        `
      )}
    </dl>
  `;
}

/** “work › 2 › position”, with entries counted as people count. */
function pathText(/** @type {import("./cv_document.js").Path} */ path) {
  return path.length === 0
    ? "the whole document"
    : path.map((key) => typeof key === "number" ? key + 1 : key).join(" › ");
}

function valueText(/** @type {unknown} */ value) {
  if (value === undefined) return "(nothing)";
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 1);
  return text.length > max_value_characters ? `${text.slice(0, max_value_characters)} …` : text;
}
