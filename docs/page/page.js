/**
 * The API document as a page to try it on. On a local stack, which says so in local.json, calls go there, the token of
 * whoever signs up or in goes along with the calls that follow, and the stack's secret key can be chosen instead.
 */
const read = async (path) => {
  const response = await fetch(path);
  return response.ok ? await response.json() : null;
};
const [document_, local] = await Promise.all([read("openapi.json"), read("local.json").catch(() => null)]);

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

if (local !== null) {
  document_.servers = [{ url: local.base_url, description: "This stack" }];
  form.hidden = false;
  form.addEventListener("change", () => keep({ caller: callers.value }));
  keep({});
}

SwaggerUIBundle({
  spec: document_,
  domNode: document.querySelector("#api"),
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // Nobody else is told of this document.
  validatorUrl: null,
  requestInterceptor(request) {
    if (local === null || !request.url.startsWith(local.base_url)) return request;
    if (kept.caller === "user") request.headers.Authorization ??= `Bearer ${kept.access_token}`;
    if (kept.caller === "server") request.headers.apikey ??= local.secret_key;
    return request;
  },
  responseInterceptor(response) {
    const { access_token, user } = response.obj ?? response.body ?? {};
    if (local !== null && response.ok && access_token !== undefined) {
      keep({ access_token, email: user.email, caller: "user" });
    }
    return response;
  },
});
