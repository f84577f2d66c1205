/** Requests drawn from the schemas: some as documented, some nearly, some nonsense. */
import * as fc from "fast-check";
import type * as z from "zod";
import { type Route, routes } from "./routes.ts";
import { jsonText, nearly, nonsense_text, times } from "./schema_values.ts";

export const callers = ["user", "server", "staff", "anonymous", "forged"] as const;

export interface GeneratedRequest {
  route: Route;
  caller: typeof callers[number];
  method: string;
  /** Which of the ids that were seen so far goes into the path; below 0 an unknown one. */
  id: number;
  query: [name: string, value: string][];
  /** As it goes over the wire; undefined for none. */
  body: string | undefined;
  /** One that is there twice is sent twice. */
  headers: [name: string, value: string][];
  /** Whether a webhook comes with the signature of its sender. */
  signed: boolean;
}

function body(schema: z.ZodType | undefined): fc.Arbitrary<string | undefined> {
  if (schema === undefined) return fc.option(nonsense_text, { nil: undefined, freq: 8 });
  return fc.oneof(
    { weight: 12, arbitrary: nearly(schema).map(jsonText) },
    { weight: 1, arbitrary: nonsense_text },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

/** What is longer never reaches the functions: the HTTP server refuses it. */
const [most_parameters, most_characters] = [30, 5_000];

/** The fields of a drawn value as a query has them. */
function parametersOf(value: unknown): [string, string][] {
  return Object.entries(Object(value)).slice(0, most_parameters).map(([name, field]) => {
    const text = typeof field === "string" ? field : String(jsonText(field));
    return [name, text.slice(0, most_characters)];
  });
}

function query(schema: z.ZodType | undefined): fc.Arbitrary<[string, string][]> {
  const name = fc.oneof(
    fc.constantFrom(
      "limit",
      "limt",
      "cursor",
      "kind",
      "from",
      "to",
      "time",
      "user_id",
      "status",
      "scope",
      "constructor",
    ),
    fc.string({ maxLength: 8 }),
  );
  const stray = fc.array(fc.tuple(name, fc.oneof(nonsense_text, times)), { minLength: 1, maxLength: 2 });
  const documented: fc.Arbitrary<[string, string][]> = schema === undefined
    ? fc.constant([])
    : nearly(schema).map(parametersOf);
  return fc.oneof(
    { weight: 8, arbitrary: documented },
    { weight: 1, arbitrary: fc.tuple(documented, stray).map(([known, unknown]) => [...known, ...unknown]) },
    { weight: 1, arbitrary: documented.map((known) => [...known, ...known]) },
  );
}

const header = fc.oneof(
  fc.tuple(
    fc.constant("idempotency-key"),
    fc.oneof(fc.constantFrom("a", '"b"', "c", '"', "é"), fc.stringMatching(/^[!-~]{1,300}$/)),
  ),
  fc.tuple(
    fc.constantFrom("if-match", "if-none-match"),
    fc.constantFrom("*", '"x"', 'W/"1"', "nonsense", '"a", "b"', Array(400).fill('"tag"').join()),
  ),
  fc.tuple(fc.constant("x-request-id"), fc.constantFrom("mine", "", "x".repeat(1_000))),
  fc.tuple(fc.constant("x-request-deadline"), fc.constantFrom("0", "1e400", "soon", "9".repeat(30))),
);
const content_type = fc.oneof({ weight: 20, arbitrary: fc.constant("application/json") }, {
  weight: 1,
  arbitrary: fc.constantFrom("text/plain", "", "application/json; charset=utf-8", "multipart/form-data"),
});
const headers: fc.Arbitrary<[string, string][]> = fc.tuple(
  content_type,
  fc.array(header, { maxLength: 3 }),
  fc.integer({ max: 9, min: 0 }),
).map(([type, others, chance]) => [["content-type", type], ...others, ...(chance === 0 ? others : [])]);

/** A request to any route. */
export const requests: fc.Arbitrary<GeneratedRequest> = fc.constantFrom(...routes).chain((route) =>
  fc.record({
    route: fc.constant(route),
    caller: route.path.startsWith("/support/")
      ? fc.constantFrom("staff", "staff", "staff", "user", "server", "anonymous", "forged")
      : fc.constantFrom("user", "user", "user", "server", "server", "anonymous", "forged"),
    method: fc.oneof({ weight: 20, arbitrary: fc.constant(route.method) }, {
      weight: 1,
      arbitrary: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"),
    }),
    id: fc.integer({ min: -5, max: 50 }),
    query: query(route.query),
    body: body(route.body),
    headers,
    signed: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
  })
);
