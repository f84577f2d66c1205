import type { User } from "../_shared/identity.ts";
import type { AuthCall } from "./auth_call.ts";
import type { Client } from "./client.ts";
import { requirePassword } from "./passwords.ts";
import { of_servers } from "./refusals.ts";

/**
 * Deletes an account at Auth, as its administrator would: the database closes the books in the same transaction. Takes
 * the password, since a token that was stolen must not be enough. 401 `invalid_credentials`, 403 `insufficient_aal`.
 */
export async function deleteAccount(
  call: AuthCall,
  caller: User,
  password: string,
  client: Client,
): Promise<void> {
  await requirePassword(call, caller, password, client);
  await call(`admin/users/${caller.id}`, undefined, {
    method: "DELETE",
    is_admin: true,
    refusals: of_servers,
    // Somebody else was faster.
    accept: (_, code) => code === "user_not_found",
  });
}
