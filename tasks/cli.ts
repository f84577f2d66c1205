/** The Supabase CLI. Run through npx: as a dependency of deno.json it does not resolve on every platform. */
const cli = "supabase@3.1.0";

/** Runs a command of the CLI in a folder and returns what it prints; throws with all of that where it fails. */
export async function runCli(args: string[], cwd?: string): Promise<string> {
  const output = await new Deno.Command("npx", {
    args: ["--yes", cli, ...args],
    stdin: "null",
    ...(cwd !== undefined && { cwd }),
  }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!output.success) throw new Error(`supabase ${args.slice(0, 2).join(" ")} failed:\n${stdout}${stderr}`);
  return stdout!;
}
