// Goal: the wallet's page has words for whatever happens. Method: its modules that need no browser, held to the code.
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { compare, readDocument, setIn } from "../../examples/wallet/cv_document.js";
import { findFault } from "../../examples/wallet/cv_json.js";
import { kind_names } from "../../examples/wallet/format.js";
import { known_codes, messageOf } from "../../examples/wallet/messages.js";
import { words } from "../../supabase/functions/_shared/database.ts";
import { read, root } from "./pages.ts";

interface ApiDocument {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, { "x-codes"?: string[] }> }>>;
}
const document: ApiDocument = JSON.parse(read("docs/openapi.json"));

const folder = "examples/wallet";
const scripts = [...Deno.readDirSync(join(root, folder))].map(({ name }) => name).filter((name) =>
  name.endsWith(".js")
);

Deno.test("the wallet's page has a message for each problem that the routes which it calls may answer", () => {
  const calls = scripts.flatMap((name) => [...read(`${folder}/${name}`).matchAll(/\btally\.(\w+\.\w+)/g)])
    .map(([, call]) => call!);
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  const called = operations.filter(({ operationId }) => calls.includes(operationId));
  assert.ok(called.length > 10);
  const codes = called.flatMap(({ responses }) =>
    Object.values(responses).flatMap((answer) => answer["x-codes"] ?? [])
  );
  assert.deepEqual([...new Set(codes)].filter((code) => !known_codes.includes(code)), []);
});

Deno.test("the wallet's page says something of a problem that it has no words for", () => {
  assert.equal(messageOf({ code: "new", status: 409, detail: "Something new", request_id: "1" }).text, "Something new");
  assert.match(messageOf(new Error()).text, /went wrong/);
});

Deno.test("the wallet's page has a name for each kind of entry", () => {
  assert.deepEqual(Object.keys(kind_names).sort(), words.entry_kind.toSorted());
});

Deno.test("the wallet's page finds a fault in a document exactly where JSON.parse finds one", () => {
  const isJson = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const pieces = [..."{}[]:,\"'", "1", "-0.5e3", "01", "true", "nul", '"a"', "\\", " ", "\n", '"b":', "{}", "[1,2]"];
  const spoiled = fc.tuple(fc.json(), fc.nat(), fc.nat(3), fc.constantFrom(...pieces)).map(
    ([text, at, length, piece]) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + piece + text.slice(index + length);
    },
  );
  const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.json(), spoiled, soup), (text) => {
      assert.equal(findFault(text) === undefined, isJson(text), text);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("the wallet's page names the place of a fault in a CV, and what is missing there", () => {
  const faults = {
    "": "The document is empty. An empty CV is {}.",
    '{"a": 1': "Line 1, column 8: the document ends, and a } is missing.",
    '{\n"a" 1}': "Line 2, column 5: a colon is missing after the name.",
    '{"a": 1 "b": 2}': "Line 1, column 9: a comma or } is missing.",
    '{"a": [1,]}': "Line 1, column 10: there is a comma too many before ].",
    "{a: 1}": "Line 1, column 2: a name in double quotes is missing.",
    '{"a": Ada}': "Line 1, column 7: text must stand in double quotes.",
    '{"a": "Ada}': "Line 1, column 7: this text has no closing quote on its line, or a backslash that means nothing.",
    '{"a": 01}': "Line 1, column 7: this is not a number.",
    '{"a": 1} 2': "Line 1, column 10: the document has ended before this.",
    "[]": "A CV is one object: it begins with { and ends with }.",
    '{"a": 1e400}': "Line 1, column 7: 1e400 has too many digits. Put it in quotes.",
  };
  for (const [text, expected] of Object.entries(faults)) assert.equal(readDocument(text).error?.text, expected);
  assert.deepEqual(readDocument('{"a": 1.50, "b": 2e3}').data, { a: 1.5, b: 2000 });
});

Deno.test("a change of one field of a CV leaves all others as they are", () => {
  const cv = { basics: { name: "Ada", own: 1 }, work: [{ name: "Babbage" }, { name: "Byron" }] };
  assert.deepEqual(setIn(cv, ["work", 1, "name"], "Lovelace").work, [{ name: "Babbage" }, { name: "Lovelace" }]);
  assert.deepEqual(setIn(cv, ["basics", "name"], undefined).basics, { own: 1 });
  assert.deepEqual(
    setIn({ basics: { location: { city: "London" } } }, ["basics", "location", "city"], undefined),
    undefined,
  );
  assert.equal(cv.basics.name, "Ada");
});

Deno.test("changes of two people are put together where they do not touch each other", () => {
  const base = { name: "Ada", work: [{ name: "a" }, { name: "b" }], skills: ["x"] };
  const mine = { name: "Ada L.", work: [{ name: "A" }, { name: "b" }], skills: ["x"] };
  const theirs = { name: "Ada", work: [{ name: "a" }, { name: "B" }], skills: ["x", "y"] };
  assert.deepEqual(compare(base, mine, theirs).merged, {
    ...{ name: "Ada L.", work: [{ name: "A" }, { name: "B" }], skills: ["x", "y"] },
  });
  const { merged, clashes } = compare(base, { ...base, skills: [] }, theirs);
  assert.equal(merged, undefined);
  assert.deepEqual(clashes.map(({ path }) => path), [["skills"]]);
  // The same change on both sides is none to decide about.
  assert.deepEqual(compare(base, theirs, theirs).merged, theirs);
});
