// @ts-check
import { readAnswer } from "./answer.js";
import { TallyProblem } from "./problem.js";

/** A longer wait than this is the caller's to decide: the refusal is thrown at once. */
const max_wait_ms = 30_000;

/** Refusals after which it is certain that nothing was done. */
const did_nothing = ["wallet_busy", "request_expired"];

/**
 * @typedef {object} SendOptions
 * @property {typeof globalThis.fetch} fetch
 * @property {boolean} isRepeatable whether sending it twice has one effect
 * @property {number} maxRetries
 * @property {number} retryDelayMs before the first retry; it doubles with each, where the answer names no time
 * @property {number} timeoutMs for each attempt
 * @property {boolean | undefined} [isText] whether the answer is text, and not JSON
 * @property {string | undefined} [idempotencyKey]
 * @property {AbortSignal | undefined} [signal]
 */

/**
 * Sends a request, where that is safe at most `maxRetries` times again, and returns the data of the answer.
 * Throws a `TallyProblem` for a refusal, and the signal's reason where it is aborted.
 *
 * @param {string} url
 * @param {() => Promise<RequestInit>} makeRequest called before each attempt
 * @param {SendOptions} options
 */
export async function send(url, makeRequest, options) {
  const { maxRetries, retryDelayMs, signal } = options;
  for (let retries = 0;; retries++) {
    signal?.throwIfAborted();
    const request = await makeRequest();
    try {
      return await attempt(url, request, options);
    } catch (problem) {
      if (!(problem instanceof TallyProblem)) throw problem;
      const { retryAfterSeconds } = problem;
      const wait_ms = retryAfterSeconds === undefined
        ? retryDelayMs * 2 ** retries * (0.5 + Math.random() / 2)
        : retryAfterSeconds * 1_000;
      if (!isSafeToRepeat(problem, options) || retries >= maxRetries || wait_ms > max_wait_ms) throw problem;
      await wait(wait_ms, signal);
    }
  }
}

/**
 * @param {TallyProblem} problem
 * @param {SendOptions} options
 */
function isSafeToRepeat({ code, status, retryAfterSeconds }, { isRepeatable }) {
  if (status === 429) return retryAfterSeconds !== undefined;
  if (did_nothing.includes(code)) return true;
  return isRepeatable && (code === "network_error" || status === 503 && code !== "misconfigured");
}

/**
 * @param {string} url
 * @param {RequestInit} request
 * @param {SendOptions} options
 */
async function attempt(url, request, { fetch, timeoutMs, signal, idempotencyKey, isText }) {
  signal?.throwIfAborted();
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  let response, text;
  try {
    const signals = signal === undefined ? [timeout.signal] : [signal, timeout.signal];
    response = await fetch(url, { ...request, signal: AbortSignal.any(signals) });
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const detail = timeout.signal.aborted ? `No answer within ${timeoutMs} ms` : "The service could not be reached";
    throw new TallyProblem({ code: "network_error", title: "No answer", status: 0, detail, idempotencyKey }, { cause });
  } finally {
    clearTimeout(timer);
  }
  return readAnswer(response, text, { idempotencyKey, isText });
}

/**
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function wait(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
