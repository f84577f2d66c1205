// @ts-check
import { createStore } from "./store.js";

/**
 * How the service answers at the moment.
 *
 * @typedef {"fine" | "unreachable" | "busy"} ConnectionStatus
 */

/**
 * A `fetch` that tells the page at once what the client only tells after its last retry.
 */
export function createConnection() {
  /** @type {import("./store.js").Store<{ status: ConnectionStatus }>} */
  const store = createStore({ status: "fine" });

  /** @type {typeof globalThis.fetch} */
  async function fetch(input, init) {
    try {
      const response = await globalThis.fetch(input, init);
      tell(response.status === 503 ? "busy" : "fine");
      return response;
    } catch (error) {
      if (!init?.signal?.aborted) tell("unreachable");
      throw error;
    }
  }

  /** @param {ConnectionStatus} status */
  function tell(status) {
    if (store.get().status !== status) store.set({ status });
  }

  return { store, fetch };
}
