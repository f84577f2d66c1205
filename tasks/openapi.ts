/** `deno task openapi`: writes docs/openapi.json from the schemas of the functions and the routes in tasks/openapi. */
import { join } from "node:path";
import { taskCommand } from "../local/command.ts";
import { root } from "../local/config.ts";
import { readArguments } from "./arguments.ts";
import { buildDocument } from "./openapi/document.ts";

const help = `
Usage: ${taskCommand("openapi")} [--check]

Brings docs/openapi.json up to date with the schemas of the functions and the descriptions of the routes.

  --check  change nothing

Ends with 0 where it is up to date, with 1 where not, with 2 for wrong arguments.
`;
const { values: { check = false } } = readArguments({ help, options: { check: { type: "boolean" } } });

const file = join(root, "docs", "openapi.json");
const text = `${JSON.stringify(buildDocument(), null, 2)}\n`;
const is_current = text === await Deno.readTextFile(file).catch(() => "");

if (is_current) {
  console.log("docs/openapi.json is up to date with the schemas.");
} else if (check) {
  console.error(`docs/openapi.json is stale: run \`${taskCommand("openapi")}\`.`);
  Deno.exitCode = 1;
} else {
  await Deno.writeTextFile(file, text);
  console.log("docs/openapi.json was brought up to date with the schemas.");
}
