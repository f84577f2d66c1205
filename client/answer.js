// @ts-check
import { TallyProblem } from "./problem.js";

/**
 * The data of an answer. Throws a `TallyProblem` for a refusal, and for what did not come from Tally: a proxy's page,
 * say.
 *
 * @param {Response} response
 * @param {string} text its body
 * @param {{ isText?: boolean | undefined, idempotencyKey?: string | undefined }} expected
 */
export function readAnswer({ ok, status, headers }, text, { isText = false, idempotencyKey }) {
  if (status === 204) return undefined;
  const media_type = headers.get("content-type")?.split(";")[0];
  if (ok && isText && media_type === "text/csv") return text;

  const body = media_type === (ok ? "application/json" : "application/problem+json") ? parse(text) : undefined;
  const etag = headers.get("etag");
  if (ok && body !== undefined) return { ...body, ...(etag !== null && { etag }) };

  const seconds = headers.get("retry-after");
  throw new TallyProblem({
    code: "unexpected_answer",
    title: "Not an answer of Tally",
    detail: `Something between here and Tally answered ${status}`,
    ...body,
    status,
    ...(seconds !== null && /^\d+$/.test(seconds) && { retryAfterSeconds: Number(seconds) }),
    idempotencyKey,
  });
}

/**
 * Undefined for what is no JSON object, a cut one too.
 *
 * @param {string} text
 * @returns {Record<string, unknown> | undefined}
 */
function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
