// @ts-check
import { useAction } from "./action.js";
import { useApp } from "./context.js";
import { CvPage } from "./cv.js";
import { HistoryPage } from "./history.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { Notice } from "./notice.js";
import { BuyPage } from "./packs.js";
import { isReturning } from "./purchases.js";
import { useStore } from "./store.js";
import { WalletPage } from "./wallet_page.js";

const pages = {
  wallet: { title: "Wallet", Page: WalletPage },
  buy: { title: "Buy", Page: BuyPage },
  history: { title: "History", Page: HistoryPage },
  cv: { title: "CV", Page: CvPage },
};

/** The page that the address names after its `#`, and what follows a `?` there. */
function readRoute() {
  // Coming back from the checkout leads to what was bought.
  if (location.hash === "" && isReturning(sessionStorage)) history.replaceState(null, "", "#buy");
  const [name, query = ""] = location.hash.slice(1).split("?");
  return { name: Object.hasOwn(pages, name) ? name : "wallet", query };
}

/** What stands around each page: who is signed in, the way to the others, and whether the service answers. */
export function Shell() {
  const { user } = useApp();
  const [route, setRoute] = useState(readRoute);
  const main = useRef(null);
  useEffect(() => {
    const follow = () => setRoute(readRoute());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  const { title, Page } = pages[route.name];
  const is_first = useRef(true);
  useEffect(() => {
    document.title = `${title} · Tally`;
    // Whoever follows a link goes on reading where it leads.
    if (!is_first.current) main.current.querySelector("h1").focus();
    is_first.current = false;
  }, [title]);

  return html`
    <header class="top">
      <a class="skip" href="#content" onClick=${(event) => {
        event.preventDefault();
        main.current.querySelector("h1").focus();
      }}>Skip to the content</a>
      <div class="container">
        <a class="brand" href="#wallet"><img src="../docs/icon.svg" alt="" width="28" height="28" />Tally</a>
        <nav aria-label="Pages">
          ${Object.entries(pages).map(([name, { title }]) =>
            html`<a href="#${name}" aria-current=${name === route.name ? "page" : undefined}>${title}</a>`
          )}
        </nav>
        <${Account} email=${user.email} />
      </div>
    </header>
    <${Connection} />
    <main class="container" id="content" ref=${main}>
      <${Page} query=${route.query} />
    </main>
  `;
}

/** Who is signed in, and the way out. */
function Account({ email }) {
  const { session, attempts } = useApp();
  const sign_out = useAction(async (scope) => {
    await session.signOut(scope);
    attempts.endAll();
  });
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useEffect(() => {
    const close = (/** @type {any} */ event) => {
      if (menu.current === null || event.key !== "Escape" && menu.current.contains(event.target)) return;
      if (menu.current.open && event.key === "Escape") menu.current.querySelector("summary")?.focus();
      if (event.key === undefined || event.key === "Escape") menu.current.open = false;
    };
    addEventListener("click", close);
    addEventListener("keydown", close);
    return () => {
      removeEventListener("click", close);
      removeEventListener("keydown", close);
    };
  }, []);

  return html`
    <details class="account" ref=${menu}>
      <summary aria-label="Account of ${email}"><span>${email}</span></summary>
      <div class="menu">
        <p class="email">${email}</p>
        <button type="button" aria-busy=${sign_out.is_busy} onClick=${() => sign_out.run("local")}>Sign out</button>
        <button type="button" class="secondary outline" onClick=${() => sign_out.run("global")}>
          Sign out on all devices
        </button>
        <${Notice} problem=${sign_out.problem} />
      </div>
    </details>
  `;
}

/** Says at once when the service does not answer, while the client is still trying. */
function Connection() {
  const { connection, wallet } = useApp();
  const { status } = useStore(connection.store);
  const is_offline = status === "unreachable" && !navigator.onLine;
  return html`
    <div role="status" class="connection">
      ${status === "unreachable" && html`
        <p>
          ${is_offline
            ? "You are offline."
            : "The service cannot be reached."} What you see may be out of date; what you
          type stays. <button type="button" class="link" onClick=${wallet.refresh}>Try again</button>
        </p>
      `}
      ${status === "busy" && html`
        <p>
          The service is busy; this page tries again by itself.${" "}
          <button type="button" class="link" onClick=${wallet.refresh}>Try now</button>
        </p>
      `}
    </div>
  `;
}
