import type { Context } from "hono";
import * as z from "zod";
import { validationFailed } from "./problem.ts";

/** An idempotency key without its quotes. */
export const IdempotencyKey = z.string().regex(/^[\x20-\x7e]{1,255}$/, "1 to 255 printable ASCII characters");

/**
 * The caller's `Idempotency-Key`, quoted (as the IETF draft idempotency-key-header, section 2.1, has it) or bare (as
 * most send it). Undefined where there is none; 422 where it is not a key, or might be two: HTTP joins headers of one
 * name with a comma, so a key that has one must be quoted.
 */
export function readIdempotencyKey(c: Context): string | undefined {
  const header = c.req.header("idempotency-key");
  if (header === undefined) return undefined;
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1];
  if (quoted === undefined && header.includes(",")) {
    throw validationFailed([{ path: "Idempotency-Key", message: "One key: quote it where it has a comma" }]);
  }
  const key = IdempotencyKey.safeParse(quoted?.replaceAll(/\\(["\\])/g, "$1") ?? header);
  if (key.success) return key.data;
  throw validationFailed([{ path: "Idempotency-Key", message: key.error.issues[0]!.message }]);
}
