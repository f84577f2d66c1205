/** `deno task ok`: everything that must hold before a change lands, each check in a process of its own. */
import { join } from "node:path";
import { taskCommand } from "../local/command.ts";
import { functions_folder, root } from "../local/config.ts";
import { readArguments } from "./arguments.ts";
import { readFiles } from "./generated.ts";

const help = `
Usage: ${taskCommand("ok")}

Runs what the gate runs: the tests, the format, the linter, the types, the functions on the edge runtime's Deno, and
whether what is generated is current. Takes some minutes.

Ends with 0 where all passed, with 1 where something failed, with 2 for wrong arguments.
`;
readArguments({ help, options: {} });

/** The level of the platform's edge runtime, through npm so that Node alone will do. */
const edge_deno = "deno@2.1.4";

let passed = 0;
let failed = 0;

await check("tests", () => {
  // Word for word what the README says, so that it is known to work.
  const [command] = /^npx .* task test$/m.exec(Deno.readTextFileSync(join(root, "README.md"))) ?? ["false"];
  return run(...command.split(" ") as [string]);
});
await check("format", () => run(Deno.execPath(), "fmt", "--check"));
await check("lint", () => run(Deno.execPath(), "lint"));
await check(
  "types",
  () => run(Deno.execPath(), "check", "supabase/functions", "local", "tasks", "tests", "client", "bench"),
);
await check("types and unit tests on the edge runtime's Deno", onTheEdgeRuntimesDeno);
await check(
  "generated types and schema, advisors",
  () => run(Deno.execPath(), "run", "-A", "tasks/schema.ts", "--check"),
);
await check(
  "generated API document and client",
  () => run(Deno.execPath(), "run", "-A", "tasks/openapi.ts", "--check"),
);
// Through npx as the Supabase CLI is: nothing else needs them.
await check(
  "linter of the API document",
  () => run("npx", "-y", "@redocly/cli@2.77.0", "lint", "docs/openapi.json", "--config", "docs/redocly.yaml"),
);
await check(
  "the client as a package",
  async () =>
    await run("npx", "-y", "publint@0.3.25", "run", "client", "--strict") &&
    await run("npx", "-y", "@arethetypeswrong/cli@0.18.5", "--pack", "client", "--profile", "esm-only"),
);

console.log(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

async function check(name: string, isFine: () => Promise<boolean>) {
  console.log(`\n== ${name}`);
  const is_fine = await isFine();
  if (is_fine) passed++;
  else failed++;
  console.log(`-- ${name}: ${is_fine ? "passed" : "FAILED"}`);
}

async function run(command: string, ...args: string[]): Promise<boolean> {
  return await spawn(command, args, root);
}

async function spawn(command: string, args: string[], cwd: string): Promise<boolean> {
  const env = {
    // Deno 2.1 trusts its own list of authorities alone unless told to use the machine's as well.
    DENO_TLS_CA_STORE: Deno.env.get("DENO_TLS_CA_STORE") ?? "mozilla,system",
    REDOCLY_TELEMETRY: "off",
    REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
  };
  const { success } = await new Deno.Command(command, { args, cwd, env, stdin: "null" }).spawn().status;
  return success;
}

/** On a copy: Deno 2.1 cannot read the lock file, and would take the workspace's configuration. */
async function onTheEdgeRuntimesDeno(): Promise<boolean> {
  const place = await Deno.makeTempDir({ prefix: "tally-edge-" });
  const copy = join(place, "functions");
  try {
    await spawn("cp", ["-R", functions_folder, copy], root);
    await Deno.remove(join(copy, "node_modules"), { recursive: true }).catch(() => {});
    const modules = [...readFiles(copy).keys()].filter((path) => /(\/index|_test)\.ts$/.test(path));
    const shared = ["--quiet", "--no-lock", "--config", "deno.json"];
    return await spawn("npx", ["-y", edge_deno, "check", ...shared, ...modules], copy) &&
      await spawn("npx", ["-y", edge_deno, "test", ...shared, "--allow-env", "--reporter=dot"], copy);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}
