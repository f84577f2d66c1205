import * as z from "zod";
import { type DatabaseClient, unwrap } from "./clients.ts";
import { Time } from "./time.ts";

/** What a user can spend. */
export const TokenBalance = z.object({
  token: z.int().min(0).max(2_147_483_647).describe("Spendable balance, in whole tokens"),
  held: z.int().min(0).max(2_147_483_647).describe("Set aside by open holds, in whole tokens"),
  debt: z.int().min(0).describe("Owed after a refund or dispute, in whole tokens: every credit pays it first"),
  updated_at: Time.describe("When the balance last changed"),
});
export type TokenBalance = z.infer<typeof TokenBalance>;

/** Reads a balance through a client that may see it; null where the user has no wallet yet. */
export async function readBalance(database: DatabaseClient, user_id: string): Promise<TokenBalance | null> {
  const query = database.from("token_balances").select("token, held, debt, updated_at").eq("user_id", user_id);
  return unwrap(await query.maybeSingle());
}

/**
 * Reads a balance and opens the wallet at 0 where there is none: for users whose wallet
 * was not born with them. Takes a client with the secret key. 404 `user_not_found`.
 */
export async function openWallet(trusted: DatabaseClient, user_id: string): Promise<TokenBalance> {
  return unwrap(await trusted.rpc("open_wallet", { p_user_id: user_id }).single());
}
