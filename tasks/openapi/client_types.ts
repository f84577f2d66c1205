import { createHash } from "node:crypto";
import { join } from "node:path";
import { buildDocument } from "./document.ts";
import { formatted } from "./formatted.ts";

/**
 * Run in a folder of its own, past deno.json, as the Supabase CLI is run through npx: nothing else needs them.
 * TypeScript is named because the generator does not work with the newest.
 */
const generator = `
import "npm:typescript@5.9.3";
import { createClient } from "npm:@hey-api/openapi-ts@0.99.0";
await createClient({
  input: "document.json",
  output: { path: "types", indexFile: false },
  plugins: ["@hey-api/typescript"],
  logs: "silent",
});
`;

/** The document without its refusals: the client throws each of them as a `TallyProblem`. */
function withoutRefusals(): string {
  const { servers: _, ...document } = JSON.parse(JSON.stringify(buildDocument()));
  for (const item of Object.values(document.paths as Record<string, Record<string, { responses: object }>>)) {
    for (const operation of Object.values(item)) {
      operation.responses = Object.fromEntries(
        Object.entries(operation.responses).filter(([status]) => status.startsWith("2")),
      );
    }
  }
  return JSON.stringify(document);
}

/** The first line of client/types.d.ts, which changes with what it was generated from. */
export function headOfTypes(): string {
  const hash = createHash("sha256").update(withoutRefusals()).digest("hex");
  return `// Written by \`deno task openapi\` from the document of SHA-256 ${hash}.\n`;
}

/** client/types.d.ts: the shapes of requests and answers. */
export async function buildTypes(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "tally-types-" });
  try {
    await Deno.writeTextFile(join(folder, "document.json"), withoutRefusals());
    await Deno.writeTextFile(join(folder, "generate.ts"), generator);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-config", "--no-lock", "generate.ts"],
      cwd: folder,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`@hey-api/openapi-ts failed:\n${new TextDecoder().decode(stderr)}`);
    const text = await Deno.readTextFile(join(folder, "types", "types.gen.ts"));
    // Without its own head, and without the options of the client that it did not generate.
    return headOfTypes() + await formatted(text.replace(/^[^]*?ClientOptions = [^]*?^};\n/m, ""), "ts");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
