// @ts-check
import { getIn, setIn } from "./cv_document.js";
import { sections } from "./cv_fields.js";
import { html, useEffect, useRef } from "./html.js";

/**
 * The common fields of a CV. Each change is of one value: all that the form does not know stays as it is.
 *
 * @param {{ data: import("./cv_document.js").Document, onChange: (data: any) => void }} props
 */
export function CvForm({ data, onChange }) {
  return sections.map((section) => html`<${Section} key=${section.title} ...${{ section, data, onChange }} />`);
}

/** @param {{ section: import("./cv_fields.js").Section, data: any, onChange: (data: any) => void }} props */
function Section({ section, data, onChange }) {
  const { title, path, entry, fields } = section;
  const value = getIn(data, path);
  const is_list = entry !== undefined;
  const is_known = isKnown(data, path, is_list);
  const was_filled = useRef(value !== undefined || path[0] === "basics" && path.length === 1);
  const count = is_list && Array.isArray(value) && value.length > 0 ? value.length : undefined;
  return html`
    <details class="section" open=${was_filled.current}>
      <summary>${title}${count !== undefined && html`
        <span class="count">${count}</span>
      `}</summary>
      ${!is_known
        ? html`<p class="hint">This part is written in a way that the form does not know. Edit it in the document.</p>`
        : is_list
        ? html`<${Entries} ...${{ section, entries: value ?? [], data, onChange }} />`
        : html`<${Fields} ...${{ fields, path, data, onChange }} />`}
    </details>
  `;
}

/** Whether what lies at a path, and on the way there, has the form's shape. */
function isKnown(/** @type {any} */ data, /** @type {string[]} */ path, /** @type {boolean} */ is_list) {
  const isObject = (/** @type {any} */ value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const on_the_way = path.map((_, length) => getIn(data, path.slice(0, length)));
  if (!on_the_way.every((value) => value === undefined || isObject(value))) return false;
  const value = getIn(data, path);
  if (value === undefined) return true;
  return is_list ? Array.isArray(value) && value.every(isObject) : isObject(value);
}

/** The entries of a list, each with its fields, to add to and to take from. */
function Entries({ section, entries, data, onChange }) {
  const { path, entry, fields } = section;
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  /** Where the keyboard goes on after entries came or went: to the entry of this number, or to the button below. */
  const focus = useRef(/** @type {number | "add" | undefined} */ (undefined));
  useEffect(() => {
    const next = focus.current;
    focus.current = undefined;
    if (next === "add") place.current?.querySelector("button.add")?.focus();
    else if (next !== undefined) place.current?.querySelectorAll("fieldset")[next]?.querySelector("input")?.focus();
  }, [entries.length]);

  function add() {
    focus.current = entries.length;
    onChange(setIn(data, path, [...entries, {}]));
  }
  function remove(/** @type {number} */ index) {
    const rest = entries.filter((/** @type {unknown} */ _, /** @type {number} */ other) => other !== index);
    focus.current = "add";
    onChange(setIn(data, path, rest.length === 0 ? undefined : rest) ?? {});
  }

  return html`
    <div ref=${place}>
      ${entries.map((/** @type {unknown} */ _, /** @type {number} */ index) =>
        html`
          <fieldset key=${index} class="entry">
            <legend>${capitalized(entry)} ${index + 1}</legend>
            <${Fields} ...${{ fields, path: [...path, index], data, onChange }} />
            <button type="button" class="link remove" onClick=${() => remove(index)}>Remove ${entry} ${index +
              1}</button>
          </fieldset>
        `
      )}
      <button type="button" class="secondary outline add" onClick=${add}>Add ${article(entry)} ${entry}</button>
    </div>
  `;
}

const capitalized = (/** @type {string} */ word) => word[0]?.toUpperCase() + word.slice(1);
const article = (/** @type {string} */ word) => /^[aeiou]/.test(word) ? "an" : "a";

function Fields({ fields, path, data, onChange }) {
  return html`
    <div class="fields">
      ${fields.map((/** @type {import("./cv_fields.js").Field} */ field) =>
        html`<${Input} key=${field.key} ...${{ field, path: [...path, field.key], data, onChange }} />`
      )}
    </div>
  `;
}

function Input({ field, path, data, onChange }) {
  const { label, type = "text", hint, inputmode, autocomplete } = field;
  const value = getIn(data, path);
  const text = textOf(value, type);
  if (text === undefined) {
    return html`<p class="field hint"><strong>${label}</strong>: is edited in the document.</p>`;
  }
  const onInput = (/** @type {any} */ event) => {
    const typed = event.target.value;
    const next = typed === "" ? undefined : type === "list" ? typed.split("\n") : typed;
    onChange(setIn(data, path, next) ?? {});
  };
  return type === "text"
    ? html`<label class="field">${label}
        <input value=${text} placeholder=${hint} inputmode=${inputmode} autocomplete=${autocomplete ?? "off"}
          onInput=${onInput} /></label>`
    : html`<label class="field wide">${label}
        <textarea rows=${
      Math.min(12, Math.max(3, text.split("\n").length + 1))
    } value=${text} onInput=${onInput}></textarea>
      </label>`;
}

/** A value as the form shows it; undefined where it would not stay what it is. */
function textOf(/** @type {unknown} */ value, /** @type {string} */ type) {
  if (value === undefined) return "";
  if (type !== "list") return typeof value === "string" ? value : undefined;
  const is_texts = Array.isArray(value) && value.every((line) => typeof line === "string" && !line.includes("\n"));
  return is_texts ? value.join("\n") : undefined;
}
