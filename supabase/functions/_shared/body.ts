import type { Context } from "hono";
import * as z from "zod";
import type { JsonObject as JsonObjectOfDatabase } from "./database.ts";
import { Problem, validationFailed } from "./problem.ts";

/** A JSON object whose members are the client's own. */
export type JsonObject = JsonObjectOfDatabase;

/**
 * Any JSON object, passed on as it is: a copying schema would lose a `__proto__` key.
 */
export const JsonObject = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "Expected a JSON object",
);

/** Nesting of objects and arrays below the body itself. */
export const max_depth = 64;

/**
 * Reads and validates a JSON body.
 *
 * 415 `unsupported_media_type`, 400 `malformed_json`, 422 `validation_failed`.
 */
export async function readBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  requireJson(c);
  const text = decode(await c.req.arrayBuffer());
  const body = parse(text);
  refuseUnstorable(body, []);
  refuseInexactNumbers(text);
  return validate(schema, body);
}

/** Refuses a body that does not say it is JSON. 415 `unsupported_media_type`. */
export function requireJson(c: Context): void {
  const media_type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (media_type !== "application/json") throw new Problem("unsupported_media_type");
}

/** As `readBody`, for a route whose body may be left out. */
export async function readOptionalBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const is_empty = c.req.header("content-type") === undefined && (await c.req.arrayBuffer()).byteLength === 0;
  return is_empty ? validate(schema, {}) : await readBody(c, schema);
}

/** Validates query parameters. 422 `validation_failed`. */
export function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  return validate(schema, c.req.query());
}

function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw validationFailed(
    result.error.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({ path: [...issue.path, key].join("."), message: "Unknown field" }))
        : [{ path: issue.path.join("."), message: issue.message }]
    ),
  );
}

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem("malformed_json", { detail: "The body is not UTF-8.", cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("malformed_json");
  }
}

/** Postgres holds neither NUL nor half a surrogate pair in a string. */
function refuseUnstorable(value: unknown, path: string[]): void {
  if (typeof value === "string") return refuseUnstorableText(value, path);
  if (typeof value !== "object" || value === null) return;
  if (path.length > max_depth) {
    throw validationFailed([{ path: path.join("."), message: `Nested deeper than ${max_depth} levels` }]);
  }
  for (const [key, member] of Object.entries(value)) {
    refuseUnstorableText(key, path);
    refuseUnstorable(member, [...path, key]);
  }
}

function refuseUnstorableText(text: string, path: string[]): void {
  if (text.includes("\0")) {
    throw validationFailed([{ path: path.join("."), message: "The character NUL cannot be stored" }]);
  }
  if (!text.isWellFormed()) {
    throw validationFailed([{ path: path.join("."), message: "Half a surrogate pair cannot be stored" }]);
  }
}

const json_string_or_number = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** A number that a double cannot hold would be stored as another one: better to say so (RFC 8259, section 6). */
function refuseInexactNumbers(text: string): void {
  for (const [token] of text.matchAll(json_string_or_number)) {
    if (token.startsWith('"') || (token.length <= 15 && !/[eE]/.test(token))) continue;
    if (canonical(token) !== canonical(String(Number(token)))) {
      throw validationFailed([{
        path: "",
        message: `The number ${token.slice(0, 40)} has more digits than JSON clients keep: send it as a string`,
      }]);
    }
  }
}

/** A decimal as its significant digits and exponent, so that 1.50, 1.5 and 15e-1 are equal. */
function canonical(decimal: string): string {
  const [mantissa = "", exponent = "0"] = decimal.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const scale = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${mantissa.startsWith("-") ? "-" : ""}${significant}e${scale}`;
}
