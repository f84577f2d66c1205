import { openWallet, readBalance, type TokenBalance } from "../_shared/balance.ts";
import type { Caller } from "../_shared/identity.ts";
import type { Databases } from "./database.ts";

/** The balance of an account: 0 where its wallet was never opened. 404 `user_not_found`. */
export async function balanceOf(
  { trusted, readAs }: Databases,
  caller: Caller,
  user_id: string,
): Promise<TokenBalance> {
  return await readBalance(readAs(caller), user_id) ?? await openWallet(trusted, user_id);
}
