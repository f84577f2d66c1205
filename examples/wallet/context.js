// @ts-check
import { createContext, useContext } from "./html.js";

/**
 * What all parts of the page share.
 *
 * @typedef {object} App
 * @property {import("../client/index.d.ts").Tally} tally
 * @property {import("./session.js").Session} session
 * @property {import("./wallet.js").Wallet} wallet
 * @property {import("./attempts.js").Attempts} attempts
 * @property {{ id: string, email: string }} user
 */

export const AppContext = createContext(/** @type {App | undefined} */ (undefined));

/** @returns {App} */
export function useApp() {
  return useContext(AppContext);
}
