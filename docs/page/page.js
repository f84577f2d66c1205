/**
 * The API document as a page to try it on. Calls go to the project that settings.json names, and the token of whoever
 * signs up or in goes along with the calls that follow. A local stack's settings have its secret key as well, which can be
 * chosen instead.
 */
import { completeAccess, noNestedLinks } from "./access.js";

const read = async (path) => {
  const response = await fetch(path);
  return response.ok ? await response.json() : null;
};
const [document_, settings] = await Promise.all([read("openapi.json"), read("settings.json").catch(() => null)]);
const base_url = settings && `${settings.url}/functions/v1`;

const dark = matchMedia("(prefers-color-scheme: dark)");
const applyScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", applyScheme);
applyScheme();

const form = document.querySelector("#caller");
const callers = form.elements.caller;
/** What is kept while the tab is open: `{access_token, email}` of the session, and who calls. */
const kept = JSON.parse(sessionStorage.getItem("tally") ?? "{}");

function keep(changes) {
  Object.assign(kept, changes);
  sessionStorage.setItem("tally", JSON.stringify(kept));
  const user = [...callers].find(({ value }) => value === "user");
  user.disabled = kept.access_token === undefined;
  if (kept.access_token !== undefined) document.querySelector("#user").textContent = `the user ${kept.email}`;
  callers.value = kept.caller ?? "nobody";
}

if (settings !== null) {
  document_.servers = [{ url: base_url }];
  form.hidden = false;
  document.querySelector("#server").hidden = settings.secret_key === undefined;
  form.addEventListener("change", () => keep({ caller: callers.value }));
  keep({});
}

const api = document.querySelector("#api");
SwaggerUIBundle({
  spec: document_,
  domNode: api,
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  plugins: [noNestedLinks],
  // Nobody else is told of this document.
  validatorUrl: null,
  requestInterceptor(request) {
    if (settings === null || !request.url.startsWith(`${base_url}/`)) return request;
    if (kept.caller === "user") request.headers.Authorization ??= `Bearer ${kept.access_token}`;
    if (kept.caller === "server") request.headers.apikey ??= settings.secret_key;
    return request;
  },
  responseInterceptor(response) {
    const { access_token, user } = response.obj ?? response.body ?? {};
    if (settings !== null && response.ok && access_token !== undefined) {
      keep({ access_token, email: user.email, caller: "user" });
    }
    return response;
  },
});
completeAccess(api);
