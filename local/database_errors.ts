/**
 * PostgREST's status for an SQLSTATE or its first two characters; 400 if neither is listed.
 * From https://docs.postgrest.org/en/v14/references/errors.html.
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

/** The errors that lite already answers as PostgREST does. */
const answered_by_lite = /^(PT|PGRST|21|22|23502|23503|23505|25006|42)/;

/** An error that dictates the whole answer, as SQL can with `raise sqlstate 'PGRST'` in PostgREST and in lite. */
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

/** Turns an error of Postgres that lite would answer with `SUP` and 500 into one that it answers as PostgREST does. */
export function asPostgrestAnswers(error: unknown): unknown {
  const { name, code, message, detail, hint } = error as Record<string, string | undefined>;
  if (name !== "PostgresError" || code === undefined || answered_by_lite.test(code)) return error;
  return new DictatedError(code, message ?? "", detail ?? null, hint ?? null);
}
