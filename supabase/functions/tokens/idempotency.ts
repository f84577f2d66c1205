import type { Context } from "hono";
import { validationFailed } from "../_shared/problem.ts";
import { IdempotencyKey } from "./schema.ts";

/**
 * The caller's `Idempotency-Key`, quoted (as the IETF draft has it) or bare (as most send it).
 * Undefined where there is none; 422 where it is not a key.
 */
export function readIdempotencyKey(c: Context): string | undefined {
  const header = c.req.header("idempotency-key");
  if (header === undefined) return undefined;
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1];
  const key = IdempotencyKey.safeParse(quoted?.replaceAll(/\\(["\\])/g, "$1") ?? header);
  if (key.success) return key.data;
  throw validationFailed([{ path: "Idempotency-Key", message: key.error.issues[0]!.message }]);
}
