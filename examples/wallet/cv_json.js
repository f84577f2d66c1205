// @ts-check
/**
 * What is wrong with a document, and where.
 *
 * @typedef {{ text: string, index?: number }} Fault
 */

// Other control characters are left to JSON.parse.
const token_pattern =
  /([{}[\]:,])|"(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

/**
 * The first fault of a text that should be JSON; undefined where there is none. Browsers name faults each in other
 * words, and some without the place.
 *
 * @param {string} text
 * @returns {Fault | undefined}
 */
export function findFault(text) {
  /** @type {("{" | "[")[]} */
  const open = [];
  /** @type {"value" | "first value" | "name" | "first name" | "colon" | "comma" | "end"} */
  let expected = "value";
  let index = 0;
  const fault = (/** @type {string} */ what) => ({ text: `${placeOf(text, index)}: ${what}.`, index });

  for (;;) {
    while (" \t\n\r".includes(text[index] ?? "-")) index++;
    if (index === text.length) return expected === "end" ? undefined : fault(atEnd(open));
    token_pattern.lastIndex = index;
    const [token = "", sign] = token_pattern.exec(text) ?? [];
    const closes = sign === "}" && open.at(-1) === "{" || sign === "]" && open.at(-1) === "[";

    if (expected === "end") return fault("the document has ended before this");
    if (closes && /^(first|comma)/.test(expected)) {
      open.pop();
      expected = open.length === 0 ? "end" : "comma";
    } else if (closes && expected === (sign === "}" ? "name" : "value")) {
      return fault(`there is a comma too many before ${sign}`);
    } else if (expected === "colon") {
      if (sign !== ":") return fault("a colon is missing after the name");
      expected = "value";
    } else if (expected === "comma") {
      if (sign !== ",") return fault(`a comma or ${open.at(-1) === "{" ? "}" : "]"} is missing`);
      expected = open.at(-1) === "{" ? "name" : "value";
    } else if (expected.endsWith("name")) {
      if (!token.startsWith('"')) return fault(brokenText(text, index) ?? "a name in double quotes is missing");
      expected = "colon";
    } else if (sign === "{" || sign === "[") {
      open.push(sign);
      expected = sign === "{" ? "first name" : "first value";
    } else {
      if (token === "" || sign !== undefined) return fault(brokenText(text, index) ?? brokenValue(text, index));
      expected = open.length === 0 ? "end" : "comma";
    }
    index += token.length;
  }
}

/** “Line 3, column 7”. */
export function placeOf(/** @type {string} */ text, /** @type {number} */ index) {
  const lines = text.slice(0, index).split("\n");
  return `Line ${lines.length}, column ${/** @type {string} */ (lines.at(-1)).length + 1}`;
}

function atEnd(/** @type {string[]} */ open) {
  if (open.length === 0) return "the document is empty";
  return `the document ends, and a ${open.at(-1) === "{" ? "}" : "]"} is missing`;
}

function brokenText(/** @type {string} */ text, /** @type {number} */ index) {
  if (text[index] !== '"') return undefined;
  return "this text has no closing quote on its line, or a backslash that means nothing";
}

function brokenValue(/** @type {string} */ text, /** @type {number} */ index) {
  if (/[A-Za-z']/.test(text[index] ?? "")) return "text must stand in double quotes";
  return /[-+.\d]/.test(text[index] ?? "") ? "this is not a number" : "a value is missing";
}
