/** Requests drawn from the schemas: some as documented, some nearly, some nonsense. */
import * as fc from "fast-check";
import * as z from "zod";
import { type Route, routes } from "./routes.ts";

export const callers = ["user", "server", "anonymous", "forged"] as const;

export interface GeneratedRequest {
  route: Route;
  caller: typeof callers[number];
  method: string;
  /** Which of the ids that were seen so far goes into the path; below 0 an unknown one. */
  id: number;
  query: Record<string, string>;
  /** As it goes over the wire; undefined for none. */
  body: string | undefined;
  headers: Record<string, string>;
}

/** Stands for the account of the experiment, which is not known yet when requests are drawn. */
export const own_account = "00000000-0000-4000-8000-000000000000";

interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

const nonsense_text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("", "\0", "\ud800", "null", "0", "-1", "1e400", "' or 1=1 --", "../..", "%00", "x".repeat(5_000)),
);
const nonsense: fc.Arbitrary<unknown> = fc.oneof(
  nonsense_text,
  fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 31, 1e21, 1e308, [], {}, [[[]]], { "": 0 }, { __proto__: 1 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values that a schema accepts, or nearly so. */
function valid(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valid));
  switch (schema.type) {
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number": {
      const range = { min: schema.minimum ?? -(2 ** 31), max: schema.maximum ?? 2 ** 31 };
      return fc.oneof(fc.integer({ ...range, max: Math.min(range.max, Math.max(range.min, 100)) }), fc.integer(range));
    }
    case "string":
      return text(schema);
    case "object": {
      if (schema.properties === undefined) break;
      const fields = Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, valid(field)]));
      return fc.record(fields, { requiredKeys: schema.required ?? [] });
    }
  }
  return fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
}

function text({ format, pattern, minLength = 0, maxLength = 50 }: JsonSchema): fc.Arbitrary<string> {
  if (format === "email") return fc.constantFrom("ada", "bob", "eve").map((name) => `${name}@example.com`);
  if (format === "date-time") {
    return fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }).map((at) =>
      at.toISOString()
    );
  }
  if (format === "uuid" || format === "guid") return fc.oneof(fc.constant(own_account), fc.uuid());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { maxLength: 40 });
  return fc.string({ minLength, maxLength: Math.min(maxLength, 50) });
}

/** Mostly what the schema says; otherwise with a field changed, added or left out, or something else altogether. */
function nearly(schema: z.ZodType): fc.Arbitrary<unknown> {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const good = valid(json) as fc.Arbitrary<Record<string, unknown>>;
  const name = fc.oneof(fc.constantFrom(...Object.keys(json.properties ?? { x: 0 })), fc.string({ maxLength: 8 }));
  return fc.oneof(
    { weight: 5, arbitrary: good },
    {
      weight: 4,
      arbitrary: fc.tuple(good, name, nonsense).map(([value, name, odd]) => ({ ...value, [name]: odd })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(good, name).map(([value, name]) => {
        const { [name]: _, ...rest } = value;
        return rest;
      }),
    },
    { weight: 1, arbitrary: nonsense },
  );
}

function body(schema: z.ZodType | undefined): fc.Arbitrary<string | undefined> {
  if (schema === undefined) return fc.option(nonsense_text, { nil: undefined, freq: 8 });
  return fc.oneof(
    { weight: 12, arbitrary: nearly(schema).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: nonsense_text },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

function query(schema: z.ZodType | undefined): fc.Arbitrary<Record<string, string>> {
  const anything = fc.dictionary(fc.string({ maxLength: 8 }), nonsense_text, { maxKeys: 2 });
  if (schema === undefined) {
    return fc.oneof({ weight: 8, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: anything });
  }
  return nearly(schema).map((value) =>
    Object.fromEntries(Object.entries(Object(value)).map(([name, field]) => [name, String(field)]))
  );
}

const headers = fc.record({
  "content-type": fc.oneof({ weight: 20, arbitrary: fc.constant("application/json") }, {
    weight: 1,
    arbitrary: fc.constantFrom("text/plain", "", "application/json; charset=utf-8", "multipart/form-data"),
  }),
  "idempotency-key": fc.oneof(fc.constantFrom("a", '"b"', "c", '"', "é"), fc.stringMatching(/^[!-~]{1,300}$/)),
  "if-match": fc.constantFrom("*", '"x"', 'W/"1"', "nonsense"),
  "x-request-id": fc.constantFrom("mine", "", "x".repeat(1_000)),
}, { requiredKeys: ["content-type"] });

/** A request to any route. */
export const requests: fc.Arbitrary<GeneratedRequest> = fc.constantFrom(...routes).chain((route) =>
  fc.record({
    route: fc.constant(route),
    caller: fc.constantFrom("user", "user", "user", "server", "server", "anonymous", "forged"),
    method: fc.oneof({ weight: 20, arbitrary: fc.constant(route.method) }, {
      weight: 1,
      arbitrary: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"),
    }),
    id: fc.integer({ min: -5, max: 50 }),
    query: query(route.query),
    body: body(route.body),
    headers,
  })
);
