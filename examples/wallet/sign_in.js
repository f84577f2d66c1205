// @ts-check
import { useAction } from "./action.js";
import { html, useState } from "./html.js";
import { Notice } from "./notice.js";

const modes = {
  in: { title: "Sign in", other: "up", question: "No account yet?", autocomplete: "current-password" },
  up: { title: "Create an account", other: "in", question: "Have an account?", autocomplete: "new-password" },
};

/**
 * The form for whoever is not signed in. `ended` says why they are not any more.
 *
 * @param {{ session: import("./session.js").Session, ended: string | undefined }} props
 */
export function SignIn({ session, ended }) {
  const [mode, setMode] = useState(/** @type {"in" | "up"} */ ("in"));
  const [sent_to, setSentTo] = useState("");
  const { title, other, question, autocomplete } = modes[mode];
  const submit = useAction(async (/** @type {{ email: string, password: string }} */ credentials) => {
    if (mode === "in") await session.signIn(credentials);
    else if (!await session.signUp(credentials)) setSentTo(credentials.email);
  });

  function onSubmit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    void submit.run({ email: String(fields.get("email")).trim(), password: String(fields.get("password")) });
  }

  function switchMode() {
    submit.clear();
    setSentTo("");
    setMode(/** @type {"in" | "up"} */ (other));
  }

  return html`
    <main class="sign-in">
      <p class="brand"><img src="../docs/icon.svg" alt="" width="40" height="40" />Tally</p>
      <article>
        <h1>${title}</h1>
        ${ended !== undefined && html`
          <div role="alert" class="notice problem">
            <p>${endedText(ended)}</p>
          </div>
        `}
        <form onSubmit=${onSubmit}>
          <label>E-mail address<input name="email" type="email" autocomplete="username" required maxlength="255" /></label>
          <label>
            Password
            <input name="password" type="password" autocomplete=${autocomplete} required
              minlength=${mode === "up" ? 6 : undefined} aria-describedby="password-hint" />
          </label>
          <small id="password-hint" class="hint">${mode === "up" ? "A few words that nobody would guess." : ""}</small>
          <${Notice} problem=${submit.problem}
            done=${sent_to && `We sent a mail to ${sent_to}. Open the link in it, then sign in.`} />
          <button type="submit" aria-busy=${submit.is_busy}>${title}</button>
        </form>
        <p class="switch">
          ${question} <button type="button" class="link" onClick=${switchMode}>${modes[other].title}</button>
        </p>
      </article>
      <p class="about">A CV and prepaid tokens: buy, spend, reserve, and see where each token went.</p>
    </main>
  `;
}

/** @param {string} ended */
function endedText(ended) {
  return ended === "session_ended"
    ? "You were signed out elsewhere. Sign in again: what you typed is kept."
    : "Your session has ended and could not be renewed. Sign in again: what you typed is kept.";
}
