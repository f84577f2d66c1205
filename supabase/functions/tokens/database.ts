import { connect, connectAs, type DatabaseClient } from "../_shared/clients.ts";
import type { Caller } from "../_shared/identity.ts";
import type { Platform } from "../_shared/settings.ts";

export interface Databases {
  /** Past row level security: the domain's one use of the secret key, since clients can write no money table. */
  trusted: DatabaseClient;
  /** What a caller reads through: a user under row level security, a server past it. */
  readAs(caller: Caller): DatabaseClient;
}

/** The tokens domain's ways to the database. */
export function connectDatabases(platform: Platform): Databases {
  const trusted = connect(platform, platform.secret_key);
  return { trusted, readAs: (caller) => caller.kind === "user" ? connectAs(platform, caller) : trusted };
}
