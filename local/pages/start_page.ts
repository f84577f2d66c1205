import { publishable_key, secret_key } from "../environment.ts";
import { staff_account } from "../staff.ts";
import { sitePages } from "./site.ts";

/** What the start page tells of the stack that serves it. */
export interface StartPageContent {
  url: string;
  database_url: string;
  /** By name. */
  functions: ReadonlyMap<string, unknown>;
}

/** What to do first: a page that it takes, and what to do there. */
const first_steps: [page: string, step: string][] = [
  [
    "wallet",
    'Open <a href="wallet/">the wallet</a> and create an account. Any address will do, such as ada@example.com.',
  ],
  ["wallet", "Buy a pack, and press Pay at the checkout. It is a sandbox: no money moves."],
  ["wallet", "Spend some tokens, reserve others, and see where each went under History."],
  [
    "docs",
    'Do the same by hand in <a href="docs/">the API</a>: sign in there, and your token goes along with what you call.',
  ],
  ["desk", 'Sign in as staff at <a href="desk/">the support desk</a>, look for your address, and take a debit back.'],
];

/** The page at `/` of a local stack: links to the other pages, what to do first, and where what runs, with its keys. */
export function startPage({ url, database_url, functions }: StartPageContent): string {
  const rows = {
    "API": url,
    "Functions": [...functions.keys()].map((name) => `${url}/functions/v1/${name}`).join("<br>"),
    "Database": database_url,
    "Publishable key": publishable_key,
    "Secret key": secret_key,
    "Support staff": `${staff_account.email}, password “${staff_account.password}”`,
  };
  const names = new Set(sitePages().map(({ name }) => name));
  const steps = first_steps.filter(([page]) => names.has(page)).map(([, step]) => step);
  const mails = { path: "mail/", title: "Mails", purpose: "What Auth would have sent. Nothing leaves this machine." };
  return pageOf(`<h1>${icon} Tally runs here</h1>
<p>Accounts, a CV per user and prepaid tokens, on this machine alone.</p>
${cards([...pageLinks(), mails])}
<h2>In five minutes</h2>
<ol>
${steps.map((step) => `<li>${step}</li>`).join("\n")}
</ol>
<h2>Addresses and keys</h2>
<p>The keys and the account are those of every local stack, and open no other.</p>
<table>
${Object.entries(rows).map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join("\n")}
</table>`);
}

/** The page at the root of the static files: links to the pages, and nothing of any stack. */
export function rootPage(): string {
  return pageOf(`<h1>${icon} Tally</h1>
<p>Accounts, a CV per user and prepaid tokens.</p>
${cards(pageLinks())}`);
}

const icon = '<img src="docs/icon.svg" alt="" width="36" height="36">';

interface Link {
  path: string;
  title: string;
  purpose: string;
}

function pageLinks(): Link[] {
  return sitePages().map(({ name, title, purpose }) => ({ path: `${name}/`, title, purpose }));
}

function cards(links: Link[]): string {
  const items = links.map(({ path, title, purpose }) => `<li><a href="${path}">${title}</a><p>${purpose}</p></li>`);
  return `<ul class="pages">\n${items.join("\n")}\n</ul>`;
}

function pageOf(content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tally</title>
<link rel="icon" href="docs/icon.svg">
<link rel="stylesheet" href="start.css">
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}
