import { readBalance } from "../_shared/balance.ts";
import type { User } from "../_shared/identity.ts";
import type { AuthCall } from "./auth_call.ts";
import type { AuthDatabase } from "./database.ts";
import { of_sessions } from "./refusals.ts";

/** What is read portion by portion: there may be any amount of it. */
const parts = ["transactions", "holds", "purchases", "payment_events", "notices", "support_log"] as const;

/**
 * All that is stored about a user as one JSON file, with one portion in memory at a time. What is there once, and the
 * first portion, are read before this returns, so that a refusal is still an answer. 401 `session_ended`.
 */
export async function exportAccount(
  call: AuthCall,
  database: AuthDatabase,
  caller: User,
): Promise<ReadableStream<Uint8Array>> {
  await database.requireSession(caller);
  const [account, sessions, profile, wallet] = await Promise.all([
    call("user", undefined, { method: "GET", access_token: caller.access_token, refusals: of_sessions }),
    database.listSessions(caller),
    database.readProfile(caller),
    readBalance(database.readAs(caller), caller.id),
  ]);
  const single = { exported_at: new Date().toISOString(), account, sessions, profile, wallet };
  const pieces = readPieces();
  const first = (await pieces.next()).value!;
  const encoder = new TextEncoder();
  let waiting: string | undefined = `${JSON.stringify(single).slice(0, -1)}${first}`;
  return new ReadableStream({
    async pull(controller) {
      const text = waiting ?? (await pieces.next()).value;
      waiting = undefined;
      if (text === undefined) controller.close();
      else controller.enqueue(encoder.encode(text));
    },
  });

  async function* readPieces(): AsyncGenerator<string, undefined> {
    for (const part of parts) {
      let portion = await database.exportPortion(caller, part);
      yield `,"${part}":[${portion?.rows ?? ""}`;
      while (portion !== undefined) {
        portion = await database.exportPortion(caller, part, portion.last_key);
        if (portion !== undefined) yield `,${portion.rows}`;
      }
      yield "]";
    }
    yield "}\n";
    return undefined;
  }
}
