/**
 * How PostgREST answers an error of Postgres: its status by the SQLSTATE, the longest prefix that fits
 * (https://docs.postgrest.org/en/v14/references/errors.html); 400 for whatever is not listed.
 */
const statuses: Record<string, number> = {
  "08": 503,
  "09": 500,
  "0L": 403,
  "0P": 403,
  "25": 500,
  "28": 403,
  "2D": 500,
  "38": 500,
  "39": 500,
  "3B": 500,
  "40": 500,
  "53": 503,
  "53400": 500,
  "54": 500,
  "55": 500,
  "57": 500,
  "57P01": 503,
  "58": 500,
  "F0": 500,
  "HV": 500,
  "P0": 500,
  "P0001": 400,
  "XX": 500,
};

/** What lite answers as PostgREST does already, some of it by role or by the names in the message. */
const answered_by_lite = /^(PT|PGRST|21|22|23502|23503|23505|25006|42)/;

/** An error in the form in which SQL dictates a whole answer to PostgREST, and to lite: `raise sqlstate 'PGRST'`. */
export class DictatedError extends Error {
  override name = "DictatedError";
  readonly code = "PGRST";
  readonly detail: string;

  constructor(readonly sqlstate: string, readonly text: string, details: string | null, hint: string | null) {
    super(JSON.stringify({ code: sqlstate, message: text, details, hint }));
    const status = statuses[sqlstate] ?? statuses[sqlstate.slice(0, 2)] ?? 400;
    this.detail = JSON.stringify({ status, headers: {} });
  }
}

/** Has lite answer an error of Postgres as PostgREST does, where by itself it would say `SUP` with a 500. */
export function asPostgrestAnswers(error: unknown): unknown {
  const { name, code, message, detail, hint } = error as Record<string, string | undefined>;
  if (name !== "PostgresError" || code === undefined || answered_by_lite.test(code)) return error;
  return new DictatedError(code, message ?? "", detail ?? null, hint ?? null);
}
