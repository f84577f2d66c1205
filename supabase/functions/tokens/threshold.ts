import type { Caller } from "../_shared/identity.ts";
import { unwrap } from "../_shared/clients.ts";
import type { Databases } from "./database.ts";

/** An account's low-balance threshold in tokens, or null where its owner wants no notices. */
export async function readThreshold({ readAs }: Databases, caller: Caller, user_id: string): Promise<number | null> {
  const query = readAs(caller).from("user_tokens").select("low_balance_threshold").eq("user_id", user_id);
  return unwrap(await query.maybeSingle())?.low_balance_threshold ?? null;
}

/** Sets an account's low-balance threshold, or with null ends its notices. 401 `session_ended`, 404 `user_not_found`. */
export async function setThreshold(
  { trusted, inTurn }: Databases,
  caller: Caller,
  user_id: string,
  threshold: number | null,
): Promise<number | null> {
  return unwrap(
    await inTurn(user_id, () =>
      trusted.rpc("set_low_balance_threshold", {
        p_user_id: user_id,
        ...(threshold !== null && { p_threshold: threshold }),
        ...(caller.kind === "user" && { p_session_id: caller.session_id }),
      })),
  );
}
