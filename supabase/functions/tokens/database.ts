import { connect, connectAs, type DatabaseClient } from "../_shared/clients.ts";
import type { Caller } from "../_shared/identity.ts";
import type { Platform } from "../_shared/settings.ts";
import { createTurns, type InTurn } from "./turns.ts";

// A locked wallet keeps a call waiting for up to 6 seconds: with 4 seconds here, each answer comes within 10.
const writes_of_an_account = { width: 4, max_wait_ms: 4_000 };

/** The tokens domain's clients of the database. */
export interface Databases {
  /** Past row level security, for the functions that move money: clients can write no money table. */
  trusted: DatabaseClient;
  /** The client through which a caller reads: a user under row level security, a server past it. */
  readAs(caller: Caller): DatabaseClient;
  /** Runs what changes an account's wallet, in its turn. */
  inTurn: InTurn;
}

/** Connects the tokens domain to the database: its one use of the secret key. */
export function connectDatabases(platform: Platform): Databases {
  const trusted = connect(platform, platform.secret_key);
  return {
    trusted,
    readAs: (caller) => caller.kind === "user" ? connectAs(platform, caller) : trusted,
    inTurn: createTurns(writes_of_an_account),
  };
}
