import { join } from "node:path";
import { root } from "./config.ts";
import { publishable_key, secret_key } from "./environment.ts";

/** What the pages tell of the stack that serves them. */
export interface PagesOptions {
  url: string;
  database_url: string;
  /** By name; those that appear later are shown as well. */
  functions: ReadonlyMap<string, unknown>;
}

/** Nothing comes from elsewhere, and nothing of a page goes there. */
const content_security_policy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

const media_types: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  png: "image/png",
};

/** The files below `/docs/`, by their names there. swagger-ui-dist is what FastAPI's own `/docs` is made of. */
const docs_files: Record<string, string> = {
  "": join(root, "docs", "page", "index.html"),
  "page.css": join(root, "docs", "page", "page.css"),
  "page.js": join(root, "docs", "page", "page.js"),
  "openapi.json": join(root, "docs", "openapi.json"),
  ...Object.fromEntries(
    ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"].map((name) => [
      `swagger-ui/${name}`,
      join(root, "node_modules", "swagger-ui-dist", name),
    ]),
  ),
};

/** The pages of a local stack: where it is at `/`, and the API to try at `/docs/`. Undefined for what is no page. */
export function createPages(options: PagesOptions): (request: Request) => Promise<Response | undefined> {
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    if (pathname === "/") return answer(startPage(options), "html");
    if (pathname === "/docs") return new Response(null, { status: 302, headers: { location: "/docs/" } });
    if (!pathname.startsWith("/docs/")) return undefined;
    const name = pathname.slice("/docs/".length);
    if (name === "local.json") {
      return answer(JSON.stringify({ base_url: `${options.url}/functions/v1`, publishable_key, secret_key }), "json");
    }
    const file = Object.hasOwn(docs_files, name) ? docs_files[name] : undefined;
    return file === undefined ? undefined : answer(await Deno.readFile(file), /\.(\w+)$/.exec(file)![1]!);
  };
}

function answer(body: BodyInit, extension: string): Response {
  return new Response(body, {
    headers: {
      "content-type": media_types[extension]!,
      "content-security-policy": content_security_policy,
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
    },
  });
}

function startPage({ url, database_url, functions }: PagesOptions): string {
  const rows = {
    "API": url,
    "Functions": [...functions.keys()].map((name) => `${url}/functions/v1/${name}`).join("<br>"),
    "Database": database_url,
    "Publishable key": publishable_key,
    "Secret key": secret_key,
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tally: the local stack</title>
<link rel="icon" href="/docs/swagger-ui/favicon-32x32.png">
<link rel="stylesheet" href="/docs/page.css">
</head>
<body class="start">
<main>
<h1>Tally runs here</h1>
<p>Accounts, a CV per user and prepaid tokens, on this machine alone. The keys below open nothing but this stack.</p>
<ul>
<li><a href="/docs/">The API</a>: every route, to read and to try</li>
</ul>
<table>
${Object.entries(rows).map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join("\n")}
</table>
</main>
</body>
</html>
`;
}
