import { connect, type DatabaseClient } from "../_shared/clients.ts";
import type { User } from "../_shared/identity.ts";
import type { Platform } from "../_shared/settings.ts";

/** The support domain's way to the database and to the other functions: its one use of the secret key. */
export interface Trusted {
  /** Past row level security, for the functions of the desk, which know the staff and note what it does. */
  database: DatabaseClient;
  /** Calls a route of another function as a trusted server. */
  callFunction(path: string, body: unknown, signal: AbortSignal): Promise<Response>;
}

/** Connects the support domain to the database. */
export function connectTrusted(platform: Platform): Trusted {
  const { supabase_url, secret_key } = platform;
  return {
    database: connect(platform, secret_key),
    callFunction: async (path, body, signal) =>
      await fetch(`${supabase_url}/functions/v1${path}`, {
        method: "POST",
        headers: { apikey: secret_key, "content-type": "application/json" },
        body: JSON.stringify(body),
        signal,
      }),
  };
}

/** Who of the staff asks, as the functions of the desk take it: from the verified token. */
export function staffArguments({ id, session_id }: User) {
  return { p_staff_id: id, p_session_id: session_id };
}
