// @ts-check
import { useAction } from "./action.js";
import { readDocument } from "./cv_document.js";
import { download } from "./download.js";
import { html, useRef } from "./html.js";
import { Notice } from "./notice.js";
import { useStore } from "./store.js";

/** No CV is larger; a larger file would only stop the page for a while. */
const max_file_bytes = 2 * 1024 * 1024;

/**
 * Brings a CV in from a file and hands it out as one. What is brought in is not saved yet.
 *
 * @param {{ draft: import("./cv_draft.js").Draft, onImport: (name: string) => void }} props
 */
export function CvFile({ draft, onImport }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const { data, text } = useStore(draft.store);

  const reading = useAction(async (/** @type {File} */ file) => {
    if (file.size > max_file_bytes) throw new Error(`${file.name} is larger than a CV can be. Choose another file.`);
    const content = await file.text();
    const { data, error } = readDocument(content);
    if (data !== undefined) draft.edit(data);
    // What is almost a document can be mended where it is shown.
    else if (/^\s*[{[]/.test(content)) draft.editText(content);
    else throw new Error(`${file.name} is no CV: ${error.text}`);
    onImport(file.name);
  });

  return html`
    <div class="buttons files">
      <input type="file" accept="application/json,.json" hidden ref=${input} onChange=${() => {
        const [file] = input.current?.files ?? [];
        if (file !== undefined) void reading.run(file);
        // The same file can be chosen again.
        if (input.current) input.current.value = "";
      }} />
      <button type="button" class="secondary outline" onClick=${() => input.current?.click()}>Import</button>
      <button type="button" class="secondary outline"
        onClick=${() =>
          download("cv.json", text ?? JSON.stringify(data, null, 2) + "\n", "application/json")}>Export</button>
    </div>
    <${Notice} problem=${reading.problem && { detail: /** @type {Error} */ (reading.problem).message }} />
  `;
}
