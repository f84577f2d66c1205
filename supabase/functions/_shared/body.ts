import type { Context } from "hono";
import * as z from "zod";
import type { JsonObject as JsonObjectOfDatabase } from "./database.ts";
import { parseJson, refuseDeep, refuseInexactNumbers, refuseUnstorable } from "./json.ts";
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

/**
 * Reads and validates a JSON body. A route that takes one takes no query parameters.
 *
 * 415 `unsupported_media_type`, 400 `malformed_json`, 422 `validation_failed`.
 */
export async function readBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  refuseQuery(c);
  requireJson(c);
  const text = decode(await c.req.arrayBuffer());
  const body = parseJson(text);
  refuseDeep(body);
  refuseUnstorable(body);
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
  if (!is_empty) return await readBody(c, schema);
  refuseQuery(c);
  return validate(schema, {});
}

/** Set by supabase-js where its caller chooses a region; meant for the platform's gateway. */
const region_parameter = "forceFunctionRegion";
const NoParameters = z.object();

/** Refuses query parameters, for a route that takes none. 422 `validation_failed`. */
export function refuseQuery(c: Context): void {
  readQuery(c, NoParameters);
}

/**
 * Reads and validates query parameters. 422 `validation_failed`, also for one that the schema
 * does not name and for one that is given twice.
 */
export function readQuery<Schema extends z.ZodObject>(c: Context, schema: Schema): z.output<Schema> {
  const { [region_parameter]: _, ...values } = c.req.queries();
  const errors = Object.entries(values).flatMap(([name, { length }]) =>
    !Object.hasOwn(schema.shape, name)
      ? [{ path: name, message: "Unknown parameter" }]
      : length > 1
      ? [{ path: name, message: "Given more than once" }]
      : []
  );
  if (errors.length > 0) throw validationFailed(errors);
  return validate(schema, Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value])));
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

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: ArrayBuffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Problem("malformed_json", { detail: "The body is not UTF-8.", cause });
  }
}
