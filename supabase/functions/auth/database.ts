import { openWallet, readBalance, type TokenBalance } from "../_shared/balance.ts";
import { connect, connectAs, unwrap } from "../_shared/clients.ts";
import type { User } from "../_shared/identity.ts";
import type { Platform } from "../_shared/settings.ts";

/** The auth domain's way to the database. */
export function connectDatabase(platform: Platform) {
  // The domain's one use of the secret key on the database: to note sign-ins, and to open
  // a wallet that was not born with its user.
  const trusted = connect(platform, platform.secret_key);
  return {
    /** The balance of a user who has just signed up or in. Ends all but the newest 100 of their sessions. */
    async recordSignIn(user_id: string): Promise<TokenBalance> {
      return unwrap(await trusted.rpc("record_sign_in", { p_user_id: user_id }).single());
    },
    /** The user's balance; opens the wallet where it is missing. */
    async balanceOf(user: User): Promise<TokenBalance> {
      return await readBalance(connectAs(platform, user), user.id) ?? await openWallet(trusted, user.id);
    },
  };
}
