// @ts-check
// @ts-self-types="./index.d.ts"
import { operations } from "./operations.js";
import { TallyProblem } from "./problem.js";
import { send } from "./send.js";

export { TallyProblem };

/**
 * One route of the API, as operations.js lists them.
 *
 * @typedef {object} Operation
 * @property {string} method
 * @property {string} path
 * @property {boolean} [anyone] whether it takes no access token
 * @property {boolean} [body] whether its input goes into the body, and not into the query
 * @property {boolean} [key] whether it takes an `Idempotency-Key`
 * @property {boolean} [isText] whether its answer is text, and not JSON
 * @property {string} [items] the member of a page that holds its items
 */

/**
 * The methods of the API, by domain and name. index.d.ts describes what it takes and returns.
 *
 * @param {import("./index.d.ts").UserSettings | import("./index.d.ts").ServerSettings} settings
 * @returns {import("./index.d.ts").Tally}
 */
export function createTally({
  url,
  publishableKey,
  secretKey,
  getAccessToken,
  fetch = globalThis.fetch,
  maxRetries = 3,
  retryDelayMs = 500,
  timeoutMs = 30_000,
}) {
  const base = `${url.replace(/\/+$/, "")}/functions/v1`;
  const apikey = secretKey ?? publishableKey;

  /**
   * @param {Operation} operation
   * @param {Record<string, unknown>} [input]
   * @param {import("./index.d.ts").KeyedOptions & import("./index.d.ts").ConditionalOptions} [options]
   */
  async function call(operation, input = {}, { signal, ifMatch, ifNoneMatch, ...options } = {}) {
    const { method, anyone, body, key, isText } = operation;
    const { path, fields } = fillIn(operation.path, input);
    const idempotencyKey = key ? options.idempotencyKey ?? newKey() : undefined;
    const is_conditional = ifMatch !== undefined || ifNoneMatch !== undefined;

    const query = body ? "" : String(new URLSearchParams(/** @type {Record<string, string>} */ (fields)));
    return await send(`${base}${path}${query && `?${query}`}`, async () => {
      // Asked for before each attempt: it may have been refreshed meanwhile.
      const token = anyone ? undefined : await getAccessToken?.();
      return {
        method,
        headers: {
          ...(apikey && { apikey }),
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body && { "content-type": "application/json" }),
          ...(idempotencyKey !== undefined && { "idempotency-key": quote(idempotencyKey) }),
          ...(ifMatch !== undefined && { "if-match": ifMatch }),
          ...(ifNoneMatch !== undefined && { "if-none-match": ifNoneMatch }),
        },
        ...(body && { body: JSON.stringify(fields) }),
      };
    }, {
      ...{ fetch, maxRetries, retryDelayMs, timeoutMs, signal, idempotencyKey, isText },
      // A condition that held the first time fails the second, when its own effect has changed the version.
      isRepeatable: method === "GET" || key === true || method === "PUT" && !is_conditional,
    });
  }

  /** @param {Operation} operation */
  function methodOf(operation) {
    /** @type {(input?: Record<string, unknown>, options?: object) => Promise<any>} */
    const method = (input, options) => call(operation, input, options);
    const { items } = operation;
    if (items === undefined) return method;
    return Object.assign(method, {
      /** @type {(input?: Record<string, unknown>, options?: object) => AsyncGenerator} */
      async *all(input, options) {
        let cursor;
        do {
          const page = await method({ ...input, cursor }, options);
          yield* page[items];
          cursor = page.next_cursor;
        } while (cursor);
      },
    });
  }

  return /** @type {any} */ (mapValues(operations, (domain) => mapValues(domain, methodOf)));
}

/**
 * @template Value, Result
 * @param {Record<string, Value>} object
 * @param {(value: Value) => Result} map
 */
function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}

/**
 * Puts the fields that a path names into it, and returns the others that have a value.
 *
 * @param {string} template
 * @param {Record<string, unknown>} input
 */
function fillIn(template, input) {
  const fields = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = template.replace(/\{(\w+)\}/g, (_, name) => {
    const value = fields[name];
    delete fields[name];
    return encodeURIComponent(String(value));
  });
  return { path, fields };
}

/** A key of 128 random bits. `crypto.randomUUID()` would be missing on pages without https. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} key in quotes it may have a comma */
function quote(key) {
  return `"${key.replaceAll(/["\\]/g, "\\$&")}"`;
}
