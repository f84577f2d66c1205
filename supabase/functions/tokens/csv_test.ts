import assert from "node:assert/strict";
import { csvLine } from "./csv.ts";

/** What the docstring of csvLine tells a reader to do with a text. */
const unguarded = (text: string) => text.replaceAll(/(?<=^|\n|\r(?!\n))'(?='*[=+\-@\t\r\n＝＋－＠])/g, "");
const textIn = (line: string) => line.slice(1, -3).replaceAll('""', '"');

Deno.test("every text stands in quotes, numbers stand bare, and null is nothing", () => {
  assert.equal(csvLine([1, "add", -2, null, 'a "b"; c', "d,e"]), '1,"add",-2,,"a ""b""; c","d,e"\r\n');
});

Deno.test("no line of a text begins as a formula does", () => {
  for (
    const [text, cell] of [
      ["=1+1", "'=1+1"],
      ["+1", "'+1"],
      ["-1", "'-1"],
      ["@SUM(1)", "'@SUM(1)"],
      ["\t=1", "'\t=1"],
      ["\r=1", "'\r'=1"],
      ["\n=1+1", "'\n'=1+1"],
      ["\r\n=1", "'\r\n'=1"],
      ["＝1+1", "'＝1+1"],
      ["＋1", "'＋1"],
      ["－1", "'－1"],
      ["＠A1", "'＠A1"],
      ["a\n=1\r\n-2\r@3", "a\n'=1\r\n'-2\r'@3"],
      ['a";=1', 'a";=1'],
      ["1=1", "1=1"],
      ['{"a":"=1"}', '{"a":"=1"}'],
    ] as const
  ) {
    assert.equal(textIn(csvLine([text])), cell, JSON.stringify(text));
  }
});

Deno.test("a text comes back when one apostrophe is taken from each line that was guarded", () => {
  for (const text of ["=1", "'=1", "''＝1", "'a", "a\n'=1\n\n=2", "\r\n'\r\n", "it's", '"quoted"', "\t", "'"]) {
    assert.equal(unguarded(textIn(csvLine([text]))), text, JSON.stringify(text));
  }
});
