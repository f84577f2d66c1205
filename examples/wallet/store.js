// @ts-check
import { useEffect, useState } from "./html.js";

/**
 * A value that parts of the page watch.
 *
 * @template {object} State
 * @typedef {object} Store
 * @property {() => State} get
 * @property {(changes: Partial<State>) => void} set merges the changes and tells all who watch
 * @property {(listener: () => void) => () => void} watch returns what ends the watch
 */

/**
 * @template {object} State
 * @param {State} initial
 * @returns {Store<State>}
 */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<() => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    set(changes) {
      state = { ...state, ...changes };
      for (const listener of listeners) listener();
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * The state of a store as it is now; the component is drawn anew with each change.
 *
 * @template {object} State
 * @param {Store<State>} store
 * @returns {State}
 */
export function useStore(store) {
  const [state, setState] = useState(store.get);
  useEffect(() => {
    const update = () => setState(store.get);
    // It may have changed between the first drawing and now.
    update();
    return store.watch(update);
  }, [store]);
  return state;
}
