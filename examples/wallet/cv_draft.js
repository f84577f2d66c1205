// @ts-check
import { isSame } from "./cv_document.js";
import { createStore } from "./store.js";

/**
 * A CV as the service has it; `etag` is undefined where it has none.
 *
 * @typedef {{ etag: string | undefined, data: import("./cv_document.js").Document, updated_at?: string }} Version
 */

/**
 * What is being edited. `base` is the version that the edit began with, `text` the raw document while it is no valid
 * one, `theirs` the service's version where that is another than the base.
 *
 * @typedef {object} DraftState
 * @property {Version | undefined} base undefined until it is read
 * @property {import("./cv_document.js").Document} data
 * @property {string | undefined} text
 * @property {Version | undefined} theirs
 */

/**
 * The CV that a person edits in this tab. What is not saved yet outlives a reload and a new sign-in.
 *
 * @param {Storage} storage
 * @param {string} user_id
 */
export function createDraft(storage, user_id) {
  const name = `tally.cv.${user_id}`;
  const kept = storage.getItem(name);
  /** @type {import("./store.js").Store<DraftState>} */
  const store = createStore({
    ...{ base: undefined, data: {}, text: undefined, theirs: undefined },
    ...(kept !== null && JSON.parse(kept)),
  });

  /** @param {Partial<DraftState>} changes */
  function set(changes) {
    store.set(changes);
    const { base, data, text } = store.get();
    if (!isChanged(store.get())) return storage.removeItem(name);
    try {
      storage.setItem(name, JSON.stringify({ base, data, text }));
    } catch {
      // It is larger than the browser keeps, and far larger than a CV may be.
      storage.removeItem(name);
    }
  }

  return {
    store,
    edit: (/** @type {import("./cv_document.js").Document} */ data) => set({ data, text: undefined }),
    editText: (/** @type {string} */ text) => set({ text }),

    /** Goes on from a version of the service's, with what it holds unless other data are given. */
    adopt(/** @type {Version} */ version, data = version.data) {
      set({ base: version, data, text: undefined, theirs: undefined });
    },

    /** Takes note of what the service has now. Where nothing is edited here, that is what is shown. */
    meet(/** @type {Version} */ version) {
      const state = store.get();
      if (state.base === undefined || !isChanged(state)) this.adopt(version);
      else if (version.etag === state.base.etag) store.set({ theirs: undefined });
      else if (state.text === undefined && isSame(version.data, state.data)) this.adopt(version);
      else store.set({ theirs: version });
    },
  };
}

/** @typedef {ReturnType<typeof createDraft>} Draft */

/** Whether there is something that is not saved. */
export function isChanged(/** @type {DraftState} */ { base, data, text }) {
  return text !== undefined || (base !== undefined && !isSame(base.data, data));
}
