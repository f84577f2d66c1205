// Goal: the pages use the words of the code, and know all of them. Method: the lists of words against each other.
import assert from "node:assert/strict";
import * as z from "zod";
import { button_groups } from "../../local/sandbox/page.ts";
import { words } from "../../supabase/functions/_shared/database.ts";
import { asServer, json, stubUpstream } from "../../supabase/functions/_testing/upstream.ts";
import { StandardEvent } from "../../supabase/functions/payments/providers/standard_schema.ts";
import { experiments } from "../proofs/all.ts";
import { apps } from "./apps.ts";
import { quoted, section, tableRows } from "./pages.ts";

/** What the data of every event has. */
const shared = ["livemode", "payment_id"];

interface EventSchema {
  properties: { type: { const?: string; enum?: string[] }; data: { required: string[] } };
}

Deno.test("docs/api.md names every kind of entry", () => {
  const [, kinds = ""] = /`kind` is one of ([^]*?)\./.exec(section("docs/api.md", "The ledger")) ?? [];
  assert.deepEqual(quoted(kinds), words.entry_kind);
});

Deno.test("docs/deploy.md names the events that a provider of one's own sends, and what is in them", () => {
  const { oneOf } = z.toJSONSchema(StandardEvent, { io: "input" }) as unknown as { oneOf: EventSchema[] };
  const required = oneOf.flatMap(({ properties: { type, data } }) =>
    (type.enum ?? [type.const]).map((name) =>
      `${name}: ${data.required.filter((field) => !shared.includes(field)).sort()}`
    )
  );
  const documented = tableRows(section("docs/deploy.md", "A provider of your own")).flatMap(([types, fields]) =>
    quoted(types!).map((name) => `${name}: ${quoted(fields!).filter((field) => !shared.includes(field)).sort()}`)
  );
  assert.deepEqual(documented.sort(), required.sort());
});

Deno.test("docs/api.md names buttons that the sandbox has", () => {
  const named = [...section("docs/api.md", "payments").matchAll(/\*\*([^*]+)\*\*/g)].map(([, label]) =>
    label!.replaceAll(/\s+/g, " ")
  );
  const labels: string[] = button_groups.flatMap(({ buttons }) => Object.values(buttons));
  assert.ok(named.length > 0);
  assert.deepEqual(named.filter((label) => !labels.includes(label)), []);
});

Deno.test("docs/operations.md says of every finding what to do", () => {
  const findings = tableRows(section("docs/operations.md", "When a provider disagrees")).flatMap(([kind]) =>
    quoted(kind!)
  );
  assert.deepEqual(findings.sort(), words.finding_kind.toSorted());
});

Deno.test("docs/operations.md says what each member of a log line is", async () => {
  const { error } = console;
  let line = "";
  console.error = (text: string) => line = text;
  try {
    using _upstream = stubUpstream(() => new Response(null, { status: 500 }));
    await apps.tokens.request("/tokens/add", json("POST", { user_id: crypto.randomUUID(), amount: 1 }, asServer));
  } finally {
    console.error = error;
  }
  const [, sentence = ""] = /one JSON line: ([^]*?)cause\./.exec(section("docs/operations.md", "What the log says")) ??
    [];
  const members = quoted(sentence).filter((name) => !["x-request-id", "actor", "note"].includes(name));
  assert.deepEqual(members, Object.keys(JSON.parse(line)));
});

Deno.test("docs/guarantees.md describes every experiment under its number and name, and names no other", () => {
  const described = [...section("docs/guarantees.md", "The experiments").matchAll(/^(\d+)\. \*\*(.*)\.\*\*/gm)];
  assert.deepEqual(
    described.map(([, number, name]) => `${number}. ${name}`),
    experiments.map(({ number, name }) => `${number}. ${name}`).sort((a, b) => parseInt(a) - parseInt(b)),
  );
  const promises = tableRows(section("docs/guarantees.md", "Guarantees"));
  const shown_by = promises.flatMap(([, proofs]) => {
    const numbers = proofs!.replaceAll(/`.*?`|\(.*?\)/g, "");
    return [...numbers.matchAll(/(\d+)(?: to (\d+))?/g)].flatMap(([, first, last = first]) =>
      Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index)
    );
  });
  assert.deepEqual(
    [...new Set(shown_by)].sort((a, b) => a - b),
    experiments.map(({ number }) => number).sort((a, b) => a - b),
  );
});
