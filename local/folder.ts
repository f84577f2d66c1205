import { join, resolve } from "node:path";
import { ownFolder, reachable, serverAccount } from "./account.ts";
import { root } from "./config.ts";
import { Failure } from "./failure.ts";

/** Where `tasks/start.ts` keeps its data, unless Postgres could not reach it: see `reachableFolder`. */
export const default_data_folder = join(root, "supabase", ".temp", "stack");

/** Where a stack answers. */
export interface StackAddress {
  url: string;
  database_url: string;
}

/**
 * The folder to keep data in: the wanted one, or one under /var/tmp where this runs as root and
 * Postgres' own account could not reach it (a clone in a private folder).
 */
export async function reachableFolder(wanted: string): Promise<string> {
  if (serverAccount().uid === undefined || reachable(wanted)) return wanted;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(resolve(wanted)));
  const name = [...new Uint8Array(digest).slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return ownFolder(`/var/tmp/tally-${name}`);
}

/** Locks a data folder for one stack, or fails with the reason. The lock ends with the process, even with kill -9. */
export async function claimFolder(folder: string, { reset }: { reset: boolean }): Promise<Disposable> {
  let file: Deno.FsFile;
  try {
    await Deno.mkdir(folder, { recursive: true });
    file = await Deno.open(join(folder, "lock"), { create: true, write: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    throw new Failure(
      `${folder} cannot be written by this user: start as the user who made it, or have that one remove it.`,
    );
  }
  if (!await file.tryLock(true)) {
    file.close();
    throw new Failure("The stack runs already in another terminal: use that one, or stop it there with Ctrl-C.");
  }
  const data = join(folder, "postgres");
  const owner = await Deno.stat(data).then(({ uid }) => uid, () => null);
  const wanted_owner = serverAccount().uid ?? Deno.uid();
  if (!reset && owner !== null && owner !== wanted_owner) {
    file.close();
    throw new Failure(
      `The data in ${data} is of another user (${owner}): start as that one, or with --reset to begin anew.`,
    );
  }
  return file;
}

/** Writes a stack's address into its data folder, where `runningStack` finds it. Disposing removes it. */
export async function leaveAddress(folder: string, address: StackAddress): Promise<AsyncDisposable> {
  const path = join(folder, "address.json");
  await Deno.writeTextFile(path, JSON.stringify(address));
  return { [Symbol.asyncDispose]: () => Deno.remove(path).catch(() => {}) };
}

/** The stack that `tasks/start.ts` runs from this folder; undefined where none does. */
export async function runningStack(): Promise<StackAddress | undefined> {
  const folder = await reachableFolder(default_data_folder);
  const address = await Deno.readTextFile(join(folder, "address.json")).then(JSON.parse, () => undefined);
  if (address === undefined) return undefined;
  // A killed stack leaves its address behind, but no lock.
  using lock = await Deno.open(join(folder, "lock"), { read: true });
  return await lock.tryLock(false) ? undefined : address;
}
