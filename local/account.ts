import { dirname, resolve } from "node:path";
import { Failure } from "./failure.ts";

/** The user that Postgres runs as; empty for the one who started the stack. */
export interface Account {
  uid?: number;
  gid?: number;
}

/** Postgres refuses to run as root: then it gets the account of a system user. */
export function serverAccount(): Account {
  if (Deno.build.os === "windows" || Deno.uid() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    const entry = Deno.readTextFileSync("/etc/passwd").split("\n").find((line) => line.startsWith(`${name}:`));
    const [, , uid, gid] = entry?.split(":") ?? [];
    if (uid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Failure("Postgres cannot run as root, and there is no user `postgres` or `nobody`: start as another user.");
}

/** Whether every folder on the way lets other users through. */
export function reachable(path: string): boolean {
  for (let folder = resolve(path); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      if ((Deno.statSync(folder).mode! & 0o001) === 0) return false;
    } catch {
      // Not there yet: what is made will be open.
    }
  }
  return true;
}

/** A folder in a place where everybody may write: ours only if it belongs to us. */
export function ownFolder(path: string): string {
  Deno.mkdirSync(path, { recursive: true, mode: 0o755 });
  const { uid, isDirectory } = Deno.lstatSync(path);
  if (uid !== Deno.uid() || !isDirectory) throw new Failure(`${path} belongs to somebody else: remove it.`);
  return path;
}
