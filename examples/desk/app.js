// @ts-check
import { createTally } from "../client/index.js";
import { useAction } from "../wallet/action.js";
import { AppContext } from "../wallet/context.js";
import { html, render, useEffect, useState } from "../wallet/html.js";
import { createSession } from "../wallet/session.js";
import { useStore } from "../wallet/store.js";
import { Notice } from "./notice.js";
import { PersonPage } from "./person.js";
import { Search } from "./search.js";
import { SignIn } from "./sign_in.js";

/** The desk: the staff works at it, everybody else is told that it is not for them. */
function Page({ supabase, tally, session }) {
  const { status, user, ended } = useStore(session.store);
  if (status === "opening") return html`<p class="opening" aria-busy="true">Opening the desk…</p>`;
  if (status === "out") return html`<${SignIn} ...${{ session, ended }} />`;
  return html`
    <${AppContext.Provider} value=${{ tally, session, user }}>
      <${Desk} key=${user.id} ...${{ supabase, session, user }} />
      <//>
  `;
}

/** The person whom the address names: a reload leads to them again. An address of theirs is never in it. */
const readRoute = () => /^#person\/([\da-f-]{36})$/.exec(location.hash)?.[1];

function Desk({ supabase, session, user }) {
  const [is_staff, setIsStaff] = useState(/** @type {boolean | undefined} */ (undefined));
  const [user_id, setUserId] = useState(readRoute);
  useEffect(() => {
    // For what is shown alone: the service looks at the token, and at the account.
    supabase.auth.getSession().then(({ data }) => setIsStaff(data.session?.user.app_metadata?.role === "support"));
    const follow = () => setUserId(readRoute());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const sign_out = useAction(() => session.signOut("local"));

  return html`
    <header class="top">
      <div class="container">
        <a class="brand" href="#"><img src="../docs/icon.svg" alt="" width="28" height="28" />Support desk</a>
        <span class="who">${user.email}</span>
        <button type="button" class="secondary outline" onClick=${() => sign_out.run()}>Sign out</button>
      </div>
    </header>
    <main class="container">
      <${Notice} problem=${sign_out.problem} />
      ${is_staff === false && html`
        <article>
          <h1>This desk is for the support staff</h1>
          <p>${user.email} is not one of them. Sign in with another account, or ask whoever runs the service.</p>
        </article>
      `}
      ${is_staff && html`
        ${user_id === undefined && html`<h1 class="sr-only">Support desk</h1>`}
        <${Search} />
        ${user_id !== undefined && html`<${PersonPage} key=${user_id} user_id=${user_id} />`}
      `}
    </main>
  `;
}

async function start() {
  const root = /** @type {HTMLElement} */ (document.querySelector("#app"));
  const response = await fetch("settings.json").catch(() => undefined);
  if (!response?.ok) {
    root.textContent = "This page does not know its service: settings.json is missing. Serve it as the README says.";
    return;
  }
  const { url, publishable_key } = await response.json();
  // The desk and the wallet on one host are two sign-ins.
  const supabase = globalThis.supabase.createClient(url, publishable_key, { auth: { storageKey: "tally-desk" } });
  const session = createSession(supabase);
  const tally = createTally({
    ...{ url, publishableKey: publishable_key, getAccessToken: session.getAccessToken, maxRetries: 2 },
  });
  root.replaceChildren();
  render(html`<${Page} ...${{ supabase, tally, session }} />`, root);
}

await start();
