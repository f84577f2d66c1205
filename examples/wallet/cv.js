// @ts-check
import { useAction } from "./action.js";
import { Confirm } from "./confirm.js";
import { useApp } from "./context.js";
import { Conflict } from "./cv_conflict.js";
import { createDraft, isChanged } from "./cv_draft.js";
import { readDocument } from "./cv_document.js";
import { CvFile } from "./cv_file.js";
import { CvForm } from "./cv_form.js";
import { CvRaw } from "./cv_raw.js";
import { clock, day } from "./format.js";
import { html, useEffect, useState } from "./html.js";
import { Notice } from "./notice.js";
import { useStore } from "./store.js";

/** The CV: as a form or as the document itself, saved as a whole, never over somebody else's changes. */
export function CvPage() {
  const { tally, session, user } = useApp();
  const [draft] = useState(() => createDraft(sessionStorage, user.id));
  const state = useStore(draft.store);
  const { base, data, text, theirs } = state;
  const [is_raw, setRaw] = useState(text !== undefined);
  const [is_comparing, setComparing] = useState(false);
  const [done, setDone] = useState("");
  const [generation, setGeneration] = useState(0);

  /** @returns {Promise<import("./cv_draft.js").Version>} */
  async function readVersion() {
    try {
      const { etag, profile_data, updated_at } = await session.run(() => tally.profile.read());
      return { etag, data: profile_data, updated_at };
    } catch (problem) {
      if (/** @type {any} */ (problem).code !== "profile_not_found") throw problem;
      return { etag: undefined, data: {} };
    }
  }
  const reading = useAction(async () => draft.meet(await readVersion()));
  useEffect(() => {
    void reading.run();
    const readIfSeen = () => void (document.visibilityState === "visible" && reading.run());
    for (const event of ["focus", "online", "pageshow"]) addEventListener(event, readIfSeen);
    document.addEventListener("visibilitychange", readIfSeen);
    return () => {
      for (const event of ["focus", "online", "pageshow"]) removeEventListener(event, readIfSeen);
      document.removeEventListener("visibilitychange", readIfSeen);
    };
  }, []);

  /** Where the service has another version than the one that was edited, the person decides. */
  async function meetAfterRefusal(/** @type {any} */ problem) {
    if (problem.code !== "precondition_failed") throw problem;
    draft.meet(await readVersion());
    if (draft.store.get().theirs !== undefined) setComparing(true);
    return undefined;
  }

  const saving = useAction(async (version = base, next = data) => {
    setDone("");
    const { etag } = version;
    const condition = etag === undefined ? { ifNoneMatch: "*" } : { ifMatch: etag };
    const saved = await session.run(() => tally.profile.save({ profile_data: next }, condition)).catch(
      meetAfterRefusal,
    );
    // The service may have had it already: an answer was lost.
    if (saved !== undefined) draft.adopt({ etag: saved.etag, data: saved.profile_data, updated_at: saved.updated_at });
  });
  const removing = useAction(async () => {
    const { etag } = /** @type {import("./cv_draft.js").Version} */ (base);
    await session.run(() => tally.profile.remove({}, { ifMatch: etag })).catch(meetAfterRefusal);
    if (draft.store.get().theirs === undefined) {
      draft.adopt(await readVersion());
      setDone("Your CV was deleted.");
    }
  });

  /** Shows another document: parts of the form that it fills are open. */
  function showAnew(/** @type {string} */ what_was_done) {
    setGeneration(generation + 1);
    setDone(what_was_done);
  }

  function onImport(/** @type {string} */ name) {
    const is_broken = draft.store.get().text !== undefined;
    setRaw(is_broken);
    showAnew(is_broken ? "" : `${name} is read. Look it over, then save.`);
  }

  function onSubmit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    if (text === undefined && base !== undefined) void saving.run();
  }

  const is_changed = isChanged(state);
  return html`
    <h1 tabindex="-1">CV</h1>
    <${Notice} problem=${reading.problem}>
      ${reading.problem && html`<button type="button" onClick=${reading.run}>Try again</button>`}
    <//>
    ${base === undefined && !reading.problem && html`<p aria-busy="true">Fetching your CV…</p>`}
    ${base !== undefined && html`
      <form class="cv" onSubmit=${onSubmit} noValidate>
        <div class="cv-tools buttons">
          <fieldset class="switcher">
            <legend class="sr-only">Edit it as</legend>
            <label><input type="radio" name="mode" checked=${!is_raw} disabled=${text !== undefined}
              onChange=${() => setRaw(false)} />Form</label>
            <label><input type="radio" name="mode" checked=${is_raw} onChange=${() => setRaw(true)} />Document</label>
          </fieldset>
          <${CvFile} draft=${draft} onImport=${onImport} />
        </div>
        ${theirs !== undefined && html`<${ChangedElsewhere} onCompare=${() => setComparing(true)} />`}
        ${is_raw
          ? html`
            <${CvRaw} ...${{ data, text }} onText=${(/** @type {string} */ typed) => {
              const { data: read } = readDocument(typed);
              if (read === undefined) draft.editText(typed);
              else draft.edit(read);
            }} />
          `
          : html`<${CvForm} key=${generation} data=${data} onChange=${draft.edit} />`}
        <div class="save-bar">
          <${Notice} problem=${saving.problem ?? removing.problem} done=${done} />
          <p role="status" class="saved-state">${stateText(base, is_changed)}</p>
          <div class="buttons">
            ${is_changed && html`
              <${Confirm} label="Discard" title="Discard your changes?"
                text="What you changed since the last save is lost." onYes=${() => {
                  draft.adopt(theirs ?? base);
                  showAnew("");
                }} />
            `}
            ${!is_changed && base.etag !== undefined && html`
              <${Confirm} label="Delete" title="Delete your CV?"
                text="It is gone for good. Export it first if you may want it again." onYes=${removing.run} />
            `}
            <button type="submit" aria-busy=${saving.is_busy} disabled=${text !== undefined}>Save</button>
          </div>
        </div>
      </form>
    `}
    ${is_comparing && theirs !== undefined && html`
      <${Conflict} ...${{ base, theirs, data }} onClose=${() => setComparing(false)} onTheirs=${() => {
        draft.adopt(theirs);
        showAnew("You have the other version now.");
      }} onSave=${(/** @type {any} */ next) => {
        draft.adopt(theirs, next);
        void saving.run(theirs, next);
      }} />
    `}
  `;
}

/** @param {{ onCompare: () => void }} props */
function ChangedElsewhere({ onCompare }) {
  return html`
    <div role="alert" class="notice open">
      <p>This CV was changed elsewhere while you edited it. Nothing is lost.</p>
      <button type="button" onClick=${onCompare}>Compare</button>
    </div>
  `;
}

/** @param {import("./cv_draft.js").Version} base @param {boolean} is_changed */
function stateText({ etag, updated_at }, is_changed) {
  if (is_changed) return "Not saved yet; kept in this tab.";
  if (etag === undefined) return "There is no CV yet. Fill in something, then save.";
  return updated_at === undefined ? "Saved." : `Saved on ${day(updated_at)}, ${clock(updated_at)}.`;
}
