/** Mails of the local stack: Auth puts them into a file, and the gateway shows them. None leaves this machine. */

import { join } from "node:path";
import { root } from "./config.ts";
import type { Delivery } from "./smtp.ts";

/** A mail as Auth hands it over. */
interface Message {
  to: string;
  subject: string;
  text?: string;
  html?: string;
}

export interface Mail {
  sent_at: string;
  to: string;
  subject: string;
  text: string;
}

const kept_mails = 100;

/** Takes mails for lite in the place of a mail server, and keeps the newest 100 in a file. */
export function createMailDriver(file: string): { send(message: Message): Promise<void> } {
  // One after the other: each reads what the one before has written.
  let last = Promise.resolve();
  return {
    send({ to, subject, text, html = "" }) {
      const mail: Mail = { sent_at: new Date().toISOString(), to, subject, text: text ?? textOf(html) };
      return last = last.catch(() => {}).then(async () => {
        const mails = [...await readMails(file), mail].slice(-kept_mails);
        await Deno.writeTextFile(`${file}.new`, mails.map((mail) => JSON.stringify(mail) + "\n").join(""));
        await Deno.rename(`${file}.new`, file);
      });
    },
  };
}

/** Takes mails from the mail server, and keeps them likewise. */
export function createMailReceiver(file: string): (delivery: Delivery) => Promise<void> {
  const driver = createMailDriver(file);
  return async ({ to, source }) => {
    for (const address of to) await driver.send({ to: address, ...readSource(source) });
  };
}

/** A mail as its source (RFC 5322) has it: the subject, and the first part that is text. */
export function readSource(source: string): Omit<Message, "to"> {
  const [head = "", ...rest] = source.split("\r\n\r\n");
  const body = rest.join("\r\n\r\n");
  const boundary = header(head, "content-type").match(/boundary="?([^";]+)"?/i)?.[1];
  const subject = header(head, "subject").replaceAll(
    /=\?utf-8\?q\?([^?]*)\?=\s*/gi,
    (_, words) => decoded(words.replaceAll("_", " "), "quoted-printable"),
  );
  if (boundary !== undefined) {
    const parts = body.split(`--${boundary}`).slice(1, -1).map((part) => readSource(part.replace(/^\r\n/, "")));
    const text = parts.find((part) => part.text !== undefined) ?? parts[0];
    return { ...text, subject };
  }
  const content = decoded(body, header(head, "content-transfer-encoding").toLowerCase());
  return { subject, ...(/^text\/html/i.test(header(head, "content-type")) ? { html: content } : { text: content }) };
}

function header(head: string, name: string): string {
  const line = head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n").find((line) =>
    line.toLowerCase().startsWith(`${name}:`)
  );
  return line?.slice(name.length + 1).trim() ?? "";
}

function decoded(text: string, encoding: string): string {
  const bytes = encoding === "base64"
    ? Uint8Array.from(atob(text.replaceAll(/\s/g, "")), (character) => character.charCodeAt(0))
    : encoding === "quoted-printable"
    ? new Uint8Array(
      [...text.replaceAll("=\r\n", "").matchAll(/=([0-9A-F]{2})|([^])/gi)]
        .flatMap(([, code, character]) => code ? [parseInt(code, 16)] : [...new TextEncoder().encode(character)]),
    )
    : undefined;
  return bytes === undefined ? text : new TextDecoder().decode(bytes);
}

/** Serves `/mail/`, for people, and `/mail/messages.json`, for programs: newest first. Undefined for other paths. */
export function createMailbox(file: string): (request: Request) => Promise<Response | undefined> {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const [, template] = /^\/mail\/templates\/(\w+)\.html$/.exec(pathname) ?? [];
    if (template !== undefined) return await answerTemplate(template);
    if (pathname === "/mail") return new Response(null, { status: 302, headers: { location: "/mail/" } });
    const is_page = pathname === "/mail/";
    if (!is_page && pathname !== "/mail/messages.json") return undefined;
    const to = searchParams.get("to");
    const mails = (await readMails(file)).filter((mail) => to === null || mail.to === to).reverse();
    return new Response(is_page ? mailPage(mails) : JSON.stringify(mails), {
      headers: {
        "content-type": is_page ? "text/html; charset=utf-8" : "application/json",
        "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      },
    });
  };
}

/** The templates of config.toml, for an Auth that fetches its own. */
async function answerTemplate(name: string): Promise<Response> {
  const text = await Deno.readTextFile(join(root, "supabase", "templates", `${name}.html`)).catch(() => undefined);
  return new Response(text ?? null, {
    status: text === undefined ? 404 : 200,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}

async function readMails(file: string): Promise<Mail[]> {
  const text = await Deno.readTextFile(file).catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

function mailPage(mails: Mail[]): string {
  const articles = mails.map(({ sent_at, to, subject, text }) =>
    `<article>
<h2>${escaped(subject)}</h2>
<p>To ${escaped(to)}, <time datetime="${sent_at}">${sent_at.slice(0, 19).replace("T", " ")} UTC</time></p>
<pre>${escaped(text)}</pre>
</article>`
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tally: mails of the local stack</title>
<link rel="icon" href="../docs/icon.svg">
<link rel="stylesheet" href="../start.css">
</head>
<body>
<main>
<h1>Mails</h1>
<p>What Auth would have sent, newest first. None of it left this machine.</p>
${articles.length === 0 ? "<p>There is none yet.</p>" : articles.join("\n")}
</main>
</body>
</html>
`;
}

/** The words of a mail that has only HTML. */
function textOf(html: string): string {
  return html.replaceAll(/<[^>]*>/g, "").replaceAll(/\n\s*\n+/g, "\n").trim();
}

function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replaceAll(/[&<>"']/g, (character) => names[character]!);
}
