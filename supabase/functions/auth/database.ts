import { openWallet, readBalance, type TokenBalance } from "../_shared/balance.ts";
import { connect, connectAs, unwrap } from "../_shared/clients.ts";
import type { User } from "../_shared/identity.ts";
import type { Platform } from "../_shared/settings.ts";
import type { SignedInSession } from "./schema.ts";

/** The auth domain's way to the database. */
export function connectDatabase(platform: Platform) {
  // The domain's one use of the secret key on the database: to note sign-ins, to open a
  // wallet that was not born with its user, and for the sessions, which Auth keeps.
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
    /** Refuses a session that could not spend. 401 `session_ended`, 403 `insufficient_aal`. */
    async requireSession({ id, session_id }: User): Promise<void> {
      unwrap(await trusted.rpc("require_session", { p_user_id: id, p_session_id: session_id }));
    },
    /** The user's newest 100 sessions that are signed in. */
    async listSessions(user: User): Promise<SignedInSession[]> {
      const sessions = unwrap(await trusted.rpc("list_sessions", { p_user_id: user.id }));
      return sessions.map((session) => ({ ...session, is_current: session.id === user.session_id }));
    },
    /** A client with the user's own rights. */
    readAs: (user: User) => connectAs(platform, user),
    /** The user's CV, or null. */
    async readProfile(user: User) {
      const query = connectAs(platform, user).from("profiles").select("profile_data, created_at, updated_at");
      return unwrap(await query.eq("user_id", user.id).maybeSingle());
    },
    /** Up to 500 rows of a part of what is stored about the user, as JSON with commas between; undefined for none. */
    async exportPortion(
      { id }: User,
      part: string,
      after?: string,
    ): Promise<{ last_key: string; rows: string } | undefined> {
      const position = after === undefined ? {} : { p_after: after };
      const [portion] = unwrap(await trusted.rpc("export_portion", { p_user_id: id, p_part: part, ...position }));
      return portion;
    },
    /** Ends one session of the user. 404 `session_not_found`, 401 `session_ended`. */
    async endSession({ id, session_id }: User, ended_id: string): Promise<void> {
      unwrap(
        await trusted.rpc("end_session", { p_user_id: id, p_session_id: session_id, p_ended_id: ended_id }),
      );
    },
  };
}

export type AuthDatabase = ReturnType<typeof connectDatabase>;
