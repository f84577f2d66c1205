// @ts-check
import { createTally } from "../client/index.js";
import { createAttempts } from "./attempts.js";
import { createConnection } from "./connection.js";
import { AppContext } from "./context.js";
import { html, render, useEffect, useState } from "./html.js";
import { createSession } from "./session.js";
import { Shell } from "./shell.js";
import { SignIn } from "./sign_in.js";
import { useStore } from "./store.js";
import { createWallet } from "./wallet.js";

/** The page of a wallet: whoever is signed in sees it, everybody else the form to sign in with. */
function Page({ tally, session, connection }) {
  const { status, user, ended } = useStore(session.store);
  if (status === "opening") return html`<p class="opening" aria-busy="true">Opening your wallet…</p>`;
  if (status === "out") return html`<${SignIn} session=${session} ended=${ended} />`;
  return html`<${SignedIn} key=${user.id} ...${{ tally, session, connection, user }} />`;
}

function SignedIn({ tally, session, connection, user }) {
  const [app] = useState(() => ({
    ...{ tally, session, connection, user },
    wallet: createWallet(tally, session),
    attempts: createAttempts(sessionStorage, user.id),
  }));
  useEffect(() => app.wallet.follow(), [app]);
  return html`
    <${AppContext.Provider} value=${app}>
      <${Shell} />
      <//>
  `;
}

async function start() {
  const root = document.querySelector("#app");
  const response = await fetch("settings.json").catch(() => undefined);
  if (!response?.ok) {
    root.textContent = "This page does not know its service: settings.json is missing. Serve it as the README says.";
    return;
  }
  const { url, publishable_key } = await response.json();
  const connection = createConnection();
  const supabase = globalThis.supabase.createClient(url, publishable_key);
  const session = createSession(supabase);
  const tally = createTally({
    ...{ url, publishableKey: publishable_key, getAccessToken: session.getAccessToken },
    ...{ fetch: connection.fetch, maxRetries: 2 },
  });
  root.replaceChildren();
  render(html`<${Page} ...${{ tally, session, connection }} />`, root);
}

await start();
