// @ts-check
import { TallyProblem } from "../client/index.js";

/**
 * A write whose outcome is not known yet: what was asked for, and the idempotency key it was sent with.
 *
 * @typedef {object} Attempt
 * @property {string} key
 * @property {Record<string, any>} input
 */

/** Answers that leave open what became of a write, or of an earlier sending of it. */
const open_ended = [
  ...["network_error", "unexpected_answer", "internal_error", "upstream_unavailable", "misconfigured"],
  ...["wallet_busy", "request_expired", "too_many_requests", "unauthorized", "invalid_token", "session_ended"],
];

/**
 * Whether a problem leaves open what became of a write. After all others it is certain that nothing was done, now or
 * by an earlier sending: the service looks the key up before it refuses for a reason of the wallet's.
 *
 * @param {unknown} problem
 */
export function isOpenEnded(problem) {
  return !(problem instanceof TallyProblem) || open_ended.includes(problem.code);
}

/**
 * The writes of a person in this tab that were begun and not answered. They outlive a reload, so that sending one again
 * has no second effect.
 *
 * @param {Storage} storage
 * @param {string} user_id
 */
export function createAttempts(storage, user_id) {
  const nameOf = (/** @type {string} */ name) => `tally.attempt.${user_id}.${name}`;

  /** @param {string} name @returns {Attempt | undefined} */
  function read(name) {
    const text = storage.getItem(nameOf(name));
    return text === null ? undefined : JSON.parse(text);
  }

  return {
    read,

    /**
     * The attempt at `input`: the one that is open, or a new one.
     *
     * @param {string} name
     * @param {Record<string, any>} input
     * @returns {Attempt}
     */
    begin(name, input) {
      const open = read(name);
      if (open !== undefined && JSON.stringify(open.input) === JSON.stringify(input)) return open;
      const attempt = { key: crypto.randomUUID(), input };
      storage.setItem(nameOf(name), JSON.stringify(attempt));
      return attempt;
    },

    /** @param {string} name */
    end(name) {
      storage.removeItem(nameOf(name));
    },

    /** Forgets all of the person's attempts, and whatever else the page kept in this tab. */
    endAll() {
      for (const name of Object.keys(storage)) if (name.startsWith("tally.")) storage.removeItem(name);
    },
  };
}

/** @typedef {ReturnType<typeof createAttempts>} Attempts */
