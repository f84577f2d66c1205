/**
 * `deno task openapi`: writes docs/openapi.json from the schemas of the functions and the routes in tasks/openapi, and
 * what the client knows of it.
 */
import { join } from "node:path";
import { taskCommand } from "../local/command.ts";
import { root } from "../local/config.ts";
import { readArguments } from "./arguments.ts";
import { buildMethods, buildOperations } from "./openapi/client_operations.ts";
import { buildTypes } from "./openapi/client_types.ts";
import { buildDocument } from "./openapi/document.ts";

const help = `
Usage: ${taskCommand("openapi")} [--check]

Brings docs/openapi.json and the generated files of client/ up to date with the schemas of the functions and the
descriptions of the routes.

  --check  change nothing

Ends with 0 where they are up to date, with 1 where not, with 2 for wrong arguments.
`;
const { values: { check = false } } = readArguments({
  help,
  options: { check: { type: "boolean" } },
});

const files = {
  "docs/openapi.json": `${JSON.stringify(buildDocument(), null, 2)}\n`,
  "client/operations.js": await buildOperations(),
  "client/operations.d.ts": await buildMethods(),
  "client/types.d.ts": await buildTypes(),
};
for (const [path, text] of Object.entries(files)) {
  const file = join(root, path);
  if (text === await Deno.readTextFile(file).catch(() => "")) {
    console.log(`${path} is up to date with the schemas.`);
  } else if (check) {
    console.error(`${path} is stale: run \`${taskCommand("openapi")}\`.`);
    Deno.exitCode = 1;
  } else {
    await Deno.writeTextFile(file, text);
    console.log(`${path} was brought up to date with the schemas.`);
  }
}
