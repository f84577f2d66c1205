import { connect, connectAs, type DatabaseClient } from "../_shared/clients.ts";
import type { Caller } from "../_shared/identity.ts";
import type { Platform } from "../_shared/settings.ts";

/** The tokens domain's clients of the database. */
export interface Databases {
  /** Past row level security, for the functions that move money: clients can write no money table. */
  trusted: DatabaseClient;
  /** The client through which a caller reads: a user under row level security, a server past it. */
  readAs(caller: Caller): DatabaseClient;
}

/** Connects the tokens domain to the database: its one use of the secret key. */
export function connectDatabases(platform: Platform): Databases {
  const trusted = connect(platform, platform.secret_key);
  return {
    trusted,
    readAs: (caller) => caller.kind === "user" ? connectAs(platform, caller) : trusted,
  };
}
