// @ts-check
import { TallyProblem } from "../client/index.js";
import { createStore } from "./store.js";

/**
 * Who is signed in. `ended` is why nobody is any more, if it was not the person's own doing in this tab.
 *
 * @typedef {object} SessionState
 * @property {"opening" | "in" | "out"} status
 * @property {{ id: string, email: string } | undefined} user
 * @property {"session_ended" | "invalid_token" | undefined} ended
 */

/**
 * The session of supabase-js: it keeps the tokens in the browser, refreshes them, and tells the other tabs.
 *
 * @param {any} supabase a client of supabase-js
 */
export function createSession(supabase) {
  /** @type {import("./store.js").Store<SessionState>} */
  const store = createStore({ status: "opening", user: undefined, ended: undefined });
  // Whether this tab is signing out itself, so that nobody is told that somebody else did.
  let is_leaving = false;

  supabase.auth.onAuthStateChange((/** @type {string} */ event, /** @type {any} */ session) => {
    const was_in = store.get().status === "in";
    if (session !== null) {
      const { id, email } = session.user;
      if (was_in && store.get().user?.id === id) return;
      return store.set({ status: "in", user: { id, email: email ?? "" }, ended: undefined });
    }
    if (event === "SIGNED_OUT" && !is_leaving) store.set({ ended: store.get().ended ?? "session_ended" });
    store.set({ status: "out", user: undefined });
  });

  /** Drops a session that the service no longer takes. */
  async function end(/** @type {"session_ended" | "invalid_token"} */ ended) {
    store.set({ ended });
    await supabase.auth.signOut({ scope: "local" });
    store.set({ status: "out", user: undefined });
  }

  /** Whether the session has a new access token now; throws where Auth gave no answer. */
  async function refresh() {
    const { error } = await supabase.auth.refreshSession();
    if (error !== null && isUnreachable(error)) throw noAnswer(error);
    return error === null;
  }

  return {
    store,

    /** @returns {Promise<string | undefined>} */
    async getAccessToken() {
      const { data, error } = await supabase.auth.getSession();
      // A token that ran out is refreshed here. Without an answer to that nothing is known about the session.
      if (error && isUnreachable(error)) throw noAnswer(error);
      return data.session?.access_token;
    },

    /**
     * Makes a call of the API. Where the access token is refused it is refreshed, once, and the call made again: a
     * refused token did nothing. Where that does not help the session is over.
     *
     * @template Answer
     * @param {() => Promise<Answer>} call
     * @returns {Promise<Answer>}
     */
    async run(call) {
      try {
        return await call();
      } catch (problem) {
        if (!(problem instanceof TallyProblem)) throw problem;
        const is_refused = problem.code === "invalid_token" || problem.code === "unauthorized";
        if (is_refused && await refresh()) return await call().catch(endIfOver);
        return await endIfOver(problem);
      }
    },

    /** @param {{ email: string, password: string }} credentials */
    async signIn(credentials) {
      is_leaving = false;
      const { error } = await supabase.auth.signInWithPassword(credentials);
      if (error !== null) throw asProblem(error);
    },

    /**
     * @param {{ email: string, password: string }} credentials
     * @returns {Promise<boolean>} whether the person is signed in; false where the address must be confirmed first
     */
    async signUp(credentials) {
      is_leaving = false;
      const { data, error } = await supabase.auth.signUp(credentials);
      if (error !== null) throw asProblem(error);
      return data.session !== null;
    },

    /** @param {"local" | "global"} scope this session, or all of the person's */
    async signOut(scope) {
      is_leaving = true;
      const { error } = await supabase.auth.signOut({ scope });
      if (error === null) return;
      is_leaving = false;
      throw asProblem(error);
    },
  };

  /** @param {unknown} problem @returns {Promise<never>} */
  async function endIfOver(problem) {
    if (problem instanceof TallyProblem && problem.status === 401) {
      await end(problem.code === "session_ended" ? "session_ended" : "invalid_token");
    }
    throw problem;
  }
}

/** @typedef {ReturnType<typeof createSession>} Session */

/** @param {any} error of supabase-js */
function isUnreachable(error) {
  return error.name === "AuthRetryableFetchError";
}

/** @param {Error} cause */
function noAnswer(cause) {
  return new TallyProblem({ code: "network_error", status: 0, title: "No answer" }, { cause });
}

/** @param {any} error of supabase-js, whose codes are those of Auth */
function asProblem(error) {
  if (isUnreachable(error)) return noAnswer(error);
  return new TallyProblem({
    code: error.code ?? "auth_refused",
    status: error.status ?? 0,
    title: "Refused",
    detail: error.message,
    ...(error.reasons && { reasons: error.reasons }),
  }, { cause: error });
}
