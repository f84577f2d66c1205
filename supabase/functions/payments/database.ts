import { connect, connectAs, type DatabaseClient } from "../_shared/clients.ts";
import type { Caller } from "../_shared/identity.ts";
import type { Platform } from "../_shared/settings.ts";

/** The clients of the payments function. It is the one use of the secret key, for what no user may write. */
export function connectDatabases(platform: Platform) {
  const trusted = connect(platform, platform.secret_key);
  return {
    /** Writes, past row level security. */
    trusted,
    /** Reads what everyone may read. */
    anonymous: connect(platform, platform.publishable_key),
    /** Reads what a caller may read: a user their own rows, a server all. */
    readAs: (caller: Caller): DatabaseClient => caller.kind === "user" ? connectAs(platform, caller) : trusted,
  };
}
