// @ts-check
import { findFault, placeOf } from "./cv_json.js";

/** @typedef {{ [key: string]: any }} Document */

/** @typedef {(string | number)[]} Path */

/**
 * The value at a path; undefined where there is none.
 *
 * @param {any} value
 * @param {Path} path
 */
export function getIn(value, path) {
  for (const key of path) {
    value = typeof value === "object" && value !== null && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

/**
 * A copy of a document with another value at a path: undefined takes the key away, and each object that this leaves
 * empty; undefined as well where nothing is left. All else stays as it is, also what no form knows.
 *
 * @param {any} value
 * @param {Path} path
 * @param {unknown} next
 * @returns {any}
 */
export function setIn(value, path, next) {
  const [key, ...rest] = path;
  if (key === undefined) return next;
  const member = setIn(getIn(value, [key]), rest, next);
  if (typeof key === "number") {
    const list = [...value ?? []];
    if (member === undefined && rest.length === 0) list.splice(key, 1);
    else list[key] = member ?? {};
    return list;
  }
  const { [key]: _, ...others } = value ?? {};
  if (member !== undefined) return { ...value, [key]: member };
  return Object.keys(others).length === 0 ? undefined : others;
}

/**
 * Whether two values are the same JSON, the order of keys aside.
 *
 * @param {unknown} one
 * @param {unknown} other
 */
export function isSame(one, other) {
  return canonical(one) === canonical(other);
}

/** @param {unknown} value @returns {string | undefined} */
function canonical(value) {
  return JSON.stringify(
    value,
    (_, member) =>
      typeof member === "object" && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => one < other ? -1 : 1))
        : member,
  );
}

/**
 * A change of one value: undefined stands for nothing.
 *
 * @typedef {{ path: Path, before: unknown, after: unknown }} Change
 */

/**
 * What changed from one document to another. A list whose length changed is one change: it is not known which of its
 * entries is which.
 *
 * @param {unknown} before
 * @param {unknown} after
 * @param {Path} [path]
 * @returns {Change[]}
 */
export function changesBetween(before, after, path = []) {
  if (isSame(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      changesBetween(getIn(before, [key]), getIn(after, [key]), [...path, key])
    );
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((_, index) => changesBetween(before[index], after[index], [...path, index]));
  }
  return [{ path, before, after }];
}

/** @param {unknown} value @returns {value is Document} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What two people changed in one document, and their work put together; `merged` is undefined where both changed the
 * same value in different ways.
 *
 * @param {Document} base
 * @param {Document} mine
 * @param {Document} theirs
 */
export function compare(base, mine, theirs) {
  const my_changes = changesBetween(base, mine);
  const their_changes = changesBetween(base, theirs);
  const clashes = my_changes.filter((mine) =>
    their_changes.some((theirs) => overlap(mine.path, theirs.path) && !isSame(mine, theirs))
  );
  const merged = clashes.length > 0
    ? undefined
    : my_changes.reduce((document, { path, after }) => setIn(document, path, after) ?? {}, theirs);
  return { my_changes, their_changes, clashes, merged };
}

/** Whether one path leads to the other, or both are the same. */
function overlap(/** @type {Path} */ one, /** @type {Path} */ other) {
  return one.slice(0, other.length).every((key, index) => key === other[index]);
}

const string_or_number = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * Reads a document from what a person typed or a file holds.
 *
 * @param {string} text
 * @returns {{ data: Document, error?: undefined } | { data?: undefined, error: import("./cv_json.js").Fault }}
 */
export function readDocument(text) {
  if (text.trim() === "") return { error: { text: "The document is empty. An empty CV is {}." } };
  const fault = findFault(text);
  if (fault !== undefined) return { error: fault };
  let data;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { error: { text: `This is not JSON: ${/** @type {Error} */ (error).message}` } };
  }
  if (!isObject(data)) return { error: { text: "A CV is one object: it begins with { and ends with }.", index: 0 } };
  for (const { 0: token, index } of text.matchAll(string_or_number)) {
    // A double would hold another number, and that would be saved.
    if (!token.startsWith('"') && digits(token) !== digits(Number(token).toExponential())) {
      const number = token.slice(0, 40);
      return { error: { text: `${placeOf(text, index)}: ${number} has too many digits. Put it in quotes.`, index } };
    }
  }
  return { data };
}

/** The digits of a number that say something. */
function digits(/** @type {string} */ number) {
  return number.replace(/[eE].*$/, "").replace(/[-.]/g, "").replace(/^0+|0+$/g, "");
}
