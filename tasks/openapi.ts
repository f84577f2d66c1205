/**
 * `deno task openapi [--check]`: writes docs/openapi.json from the schemas of the functions and the descriptions of the
 * routes in tasks/openapi. `--check` changes nothing, and ends with 1 where the file is stale.
 */
import { join } from "node:path";
import { buildDocument } from "./openapi/document.ts";

const file = join(import.meta.dirname!, "..", "docs", "openapi.json");
const text = `${JSON.stringify(buildDocument(), null, 2)}\n`;
const is_current = text === await Deno.readTextFile(file).catch(() => "");

if (is_current) {
  console.log("docs/openapi.json is up to date with the schemas.");
} else if (Deno.args.includes("--check")) {
  console.error("docs/openapi.json is stale: run `npx -y deno@2.9.6 task openapi`.");
  Deno.exitCode = 1;
} else {
  await Deno.writeTextFile(file, text);
  console.log("docs/openapi.json was brought up to date with the schemas.");
}
