// @ts-check
import { useAction } from "../wallet/action.js";
import { html } from "../wallet/html.js";
import { Notice } from "./notice.js";

/**
 * The form for the staff. `ended` says why somebody is not signed in any more.
 *
 * @param {{ session: import("../wallet/session.js").Session, ended: string | undefined }} props
 */
export function SignIn({ session, ended }) {
  const submit = useAction(session.signIn);

  function onSubmit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    void submit.run({ email: String(fields.get("email")).trim(), password: String(fields.get("password")) });
  }

  return html`
    <main class="sign-in">
      <p class="brand"><img src="../docs/icon.svg" alt="" width="40" height="40" />Support desk</p>
      <article>
        <h1>Sign in</h1>
        ${ended !== undefined && html`
          <p role="alert" class="notice problem">Your session has ended: nothing more was read or done. Sign in again.</p>
        `}
        <form onSubmit=${onSubmit}>
          <label>E-mail address<input name="email" type="email" autocomplete="username" required maxlength="255" /></label>
          <label>Password<input name="password" type="password" autocomplete="current-password" required /></label>
          <${Notice} problem=${submit.problem} />
          <button type="submit" aria-busy=${submit.is_busy}>Sign in</button>
        </form>
      </article>
      <p class="hint">For the support staff. What you look at here is noted, with your name.</p>
    </main>
  `;
}
