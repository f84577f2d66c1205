import type { Json } from "./database.ts";
import { Problem, validationFailed } from "./problem.ts";

/** Nesting of objects and arrays below the outermost one. */
export const max_depth = 64;
/** The most zeros that an exponent may stand for: Postgres stores all of them. */
const max_hidden_zeros = 21;

/** Parses JSON of any depth; pass the value to `refuseDeep`. 400 `malformed_json`. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("malformed_json");
  }
}

/** Refuses a value that is nested deeper than `max_depth`. 422 `validation_failed`. */
export function refuseDeep(value: unknown, path: string[] = []): void {
  if (typeof value !== "object" || value === null) return;
  if (path.length > max_depth) throw refusal(path, `Nested deeper than ${max_depth} levels`);
  for (const [key, member] of Object.entries(value)) {
    if (typeof member === "object") refuseDeep(member, [...path, key]);
  }
}

/** Whether a value is one that `refuseDeep` lets through, for those who refuse it in words of their own. */
export function isShallow(value: unknown, levels = max_depth): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels >= 0 && Object.values(value).every((member) => isShallow(member, levels - 1));
}

/** Refuses strings that Postgres cannot store: with NUL, or half a surrogate pair. For values that are not deep. */
export function refuseUnstorable(value: unknown, path: string[] = []): void {
  if (typeof value === "string") return refuseUnstorableText(value, path);
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    refuseUnstorableText(key, path);
    refuseUnstorable(member, [...path, key]);
  }
}

function refuseUnstorableText(text: string, path: string[]): void {
  if (text.includes("\0")) throw refusal(path, "The character NUL cannot be stored");
  if (!text.isWellFormed()) throw refusal(path, "Half a surrogate pair cannot be stored");
}

const string_or_number = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * Refuses numbers that would be stored as other ones, since a double cannot hold them (RFC 8259, section 6), and those
 * that would be stored many times as long, since Postgres writes `1e308` as 309 digits. Takes a text that is JSON.
 */
export function refuseInexactNumbers(text: string): void {
  for (const [token] of text.matchAll(string_or_number)) {
    if (token.startsWith('"') || (token.length <= 15 && !/[eE]/.test(token))) continue;
    const decimal = readDecimal(token);
    const kept = readDecimal(String(Number(token)));
    if (decimal.digits !== kept.digits || decimal.exponent !== kept.exponent) {
      throw refusal([], `The number ${token.slice(0, 40)} has more digits than JSON clients keep: send it as a string`);
    }
    const hidden_zeros = decimal.exponent > 0 ? decimal.exponent : -decimal.exponent - decimal.digits.length + 1;
    if (hidden_zeros > max_hidden_zeros) {
      throw refusal([], `The number ${token.slice(0, 40)} is too large or too small: send it as a string`);
    }
  }
}

/** A decimal as its significant digits and their exponent, so that 1.50, 1.5 and 15e-1 are equal. */
function readDecimal(decimal: string): { digits: string; exponent: number } {
  const [mantissa = "", exponent = "0"] = decimal.toLowerCase().replace(/^-/, "").split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return { digits: "0", exponent: 0 };
  return { digits: significant, exponent: Number(exponent) - fraction.length + (digits.length - significant.length) };
}

function refusal(path: string[], message: string): Problem {
  return validationFailed([{ path: path.join("."), message }]);
}
