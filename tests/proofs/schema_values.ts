/** Values drawn from a schema: as it says, nearly so, and nonsense. */
import * as fc from "fast-check";
import * as z from "zod";

/** Stands for the account of the experiment, which is not known yet when requests are drawn. */
export const own_account = "00000000-0000-4000-8000-000000000000";

interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

const nestedArrays = (depth: number) => JSON.parse("[".repeat(depth) + "]".repeat(depth));
const nestedObjects = (depth: number) => JSON.parse('{"a":'.repeat(depth) + "1" + "}".repeat(depth));
/** JSON that parsers take and databases hardly: nested deep, or with numbers that grow where they are stored. */
const heavy = [
  ...[nestedArrays(63), nestedArrays(65), nestedArrays(3_000), nestedObjects(64), nestedObjects(3_000)],
  ...["1e308", "1e400", "-1e-400", "1e-308", "9".repeat(400)].map((digits) => `@number ${digits}@`),
  new Array(400).fill(1e308),
];

/** The JSON text of a drawn value, with numbers that JavaScript could not hold. */
export const jsonText = (value: unknown) => JSON.stringify(value)?.replaceAll(/"@number ([^"]*)@"/g, "$1");

export const nonsense_text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("", "\0", "\ud800", "null", "0", "-1", "1e400", "' or 1=1 --", "../..", "%00", "x".repeat(5_000)),
);
const nonsense: fc.Arbitrary<unknown> = fc.oneof(
  nonsense_text,
  fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 31, 1e21, 1e308, [], {}, [[[]]], { "": 0 }, { __proto__: 1 }),
  fc.constantFrom(...heavy),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values that a schema accepts, or nearly so. */
function valid(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(valid));
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
  // Any JSON object: a profile, or metadata.
  return fc.oneof(
    { weight: 6, arbitrary: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(...heavy).map((value) => ({ value })) },
  );
}

/** Times as RFC 3339 writes them, among them those that only JavaScript, only Postgres or neither can tell. */
export const times: fc.Arbitrary<string> = fc.oneof(
  fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }).map((at) => at.toISOString()),
  fc.tuple(
    fc.constantFrom("0000", "0001", "0099", "1969", "2016", "2024", "2026", "9999"),
    fc.constantFrom("01-01", "02-29", "06-30", "12-31"),
    fc.constantFrom("00:00:00", "23:59:59", "23:59:60", "24:00:00", "12:00:00.123456789"),
    fc.constantFrom("Z", "+00:00", "-00:00", "+15:59", "+16:00", "-16:00", "+23:59", "-23:59", "+24:00"),
  ).map(([year, day, time, offset]) => `${year}-${day}T${time}${offset}`),
  fc.constantFrom("-271821-04-20T00:00:00Z", "+275760-09-13T00:00:00.001Z", "2026-01-01", "infinity", "now", "epoch"),
);

const domain_of_63 = `${"d".repeat(63)}.${"e".repeat(63)}.${"f".repeat(59)}`;
const emails = fc.constantFrom(
  ...["ada", "bob", "eve"].map((name) => `${name}@example.com`),
  // 254 characters are the most that mail takes, 255 the most that Auth stores, 320 the most that the schema does.
  ...[61, 62, 64, 124].map((length) => `${"a".repeat(length)}@${domain_of_63}.com`),
  "ü@example.com",
  '"a b"@example.com',
);
/** Bytes count where a password is hashed: 72 letters may be 144. */
const passwords = fc.constantFrom("correct horse", "a".repeat(72), "a".repeat(73), "é".repeat(36), "é".repeat(72));

function text({ format, pattern, minLength = 0, maxLength = 50 }: JsonSchema): fc.Arbitrary<string> {
  if (format === "email") return emails;
  if (format === "date-time") return times;
  if (format === "uuid" || format === "guid") return fc.oneof(fc.constant(own_account), fc.uuid());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { maxLength: 40 });
  const any = fc.string({ minLength, maxLength: Math.min(maxLength, 50) });
  return maxLength === 72 ? fc.oneof(any, passwords) : any;
}

/** Mostly what the schema says; otherwise with a field changed, added or left out, or something else altogether. */
export function nearly(schema: z.ZodType): fc.Arbitrary<unknown> {
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
