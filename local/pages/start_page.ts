import { publishable_key, secret_key } from "../environment.ts";
import { sitePages } from "./site.ts";

/** What the start page tells of the stack that serves it. */
export interface StartPageContent {
  url: string;
  database_url: string;
  /** By name. */
  functions: ReadonlyMap<string, unknown>;
}

/** The page at `/` of a local stack: what runs, where, its keys, and links to the other pages. */
export function startPage({ url, database_url, functions }: StartPageContent): string {
  const rows = {
    "API": url,
    "Functions": [...functions.keys()].map((name) => `${url}/functions/v1/${name}`).join("<br>"),
    "Mails": `<a href="mail/">${url}/mail/</a>`,
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
<link rel="icon" href="docs/icon.svg">
<link rel="stylesheet" href="start.css">
</head>
<body>
<main>
<h1>Tally runs here</h1>
<p>Accounts, a CV per user and prepaid tokens, on this machine alone. The keys below open nothing but this stack.</p>
<ul>
${sitePages().map(({ name, title, purpose }) => `<li><a href="${name}/">${title}</a>: ${purpose}</li>`).join("\n")}
</ul>
<table>
${Object.entries(rows).map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join("\n")}
</table>
</main>
</body>
</html>
`;
}
