/** Mails of the local stack: Auth puts them into a file, and the gateway shows them. None leaves this machine. */

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

/** Serves `/mail/`, for people, and `/mail/messages.json`, for programs: newest first. Undefined for other paths. */
export function createMailbox(file: string): (request: Request) => Promise<Response | undefined> {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
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
