// @ts-check
import { createStore } from "./store.js";

/**
 * What the page knows of the wallet.
 *
 * @typedef {object} WalletState
 * @property {{ token: number, held: number, debt: number } | undefined} balance
 * @property {unknown} problem why the balance could not be read, if so
 * @property {number} version grows with each change, so that lists know when to read again
 */

/**
 * The wallet of whoever is signed in, kept true: read again after each write, when the tab is looked at again, when the
 * connection is back, and when another tab has changed something.
 *
 * @param {import("../client/index.d.ts").Tally} tally
 * @param {import("./session.js").Session} session
 */
export function createWallet(tally, session) {
  /** @type {import("./store.js").Store<WalletState>} */
  const store = createStore({ balance: undefined, problem: undefined, version: 0 });
  const other_tabs = new BroadcastChannel("tally-wallet");
  // Answers count in the order in which they were asked for: an older one never replaces a newer one.
  let asked = 0;

  async function refresh() {
    const mine = ++asked;
    try {
      const { token, held, debt } = await session.run(() => tally.tokens.balance());
      if (mine === asked) showBalance({ token, held, debt });
    } catch (problem) {
      if (mine === asked) store.set({ problem });
    }
  }

  /** @param {{ token: number, held: number, debt: number }} balance */
  function showBalance({ token, held, debt }) {
    store.set({ balance: { token, held, debt }, problem: undefined, version: store.get().version + 1 });
  }

  /** Refreshes when somebody looks at a page that they had left. */
  function refreshIfSeen() {
    if (document.visibilityState === "visible") void refresh();
  }

  return {
    store,
    refresh,

    /** @param {{ token: number, held: number, debt: number }} answer of a write, which names the balance it left */
    show(answer) {
      asked++;
      showBalance(answer);
      other_tabs.postMessage("changed");
    },

    /** Begins to keep the wallet true; returns what ends it. */
    follow() {
      void refresh();
      const refreshNow = () => void refresh();
      other_tabs.addEventListener("message", refreshNow);
      document.addEventListener("visibilitychange", refreshIfSeen);
      for (const event of ["focus", "online", "offline", "pageshow"]) addEventListener(event, refreshIfSeen);
      return () => {
        other_tabs.removeEventListener("message", refreshNow);
        document.removeEventListener("visibilitychange", refreshIfSeen);
        for (const event of ["focus", "online", "offline", "pageshow"]) removeEventListener(event, refreshIfSeen);
        other_tabs.close();
      };
    },
  };
}

/** @typedef {ReturnType<typeof createWallet>} Wallet */
