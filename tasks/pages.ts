/** `deno task pages`: writes the pages as static files, which any host can serve. */
import { dirname, join } from "node:path";
import { taskCommand } from "../local/command.ts";
import { root } from "../local/config.ts";
import { failureText } from "../local/failure.ts";
import { root_style, siteFiles, sitePages } from "../local/pages/site.ts";
import { rootPage } from "../local/pages/start_page.ts";
import { readArguments, refuseArguments } from "./arguments.ts";

const help = `
Usage: ${taskCommand("pages")} [folder] --url URL --publishable-key KEY

Writes the docs page and the pages of examples/, with all that they load, as static files into a folder (default: site)
that any host can serve. Their calls go to the project at URL, such as https://<project>.supabase.co, and to no other.

  --url URL              the project's address, as the functions' SUPABASE_URL
  --publishable-key KEY  what a browser may know: sb_publishable_…, or an older project's anon key

Ends with 0 when the files were written, with 1 where they could not be, with 2 for wrong arguments.
`;
const { values: { url: url_text, "publishable-key": publishable_key }, positionals: [folder = join(root, "site")] } =
  readArguments({
    help,
    options: { url: { type: "string" }, "publishable-key": { type: "string" } },
    max_positionals: 1,
  });
if (url_text === undefined || publishable_key === undefined) {
  refuseArguments(help, "Both --url and --publishable-key are needed.");
}
if (!isPublishable(publishable_key)) {
  refuseArguments(help, "--publishable-key: this key is secret, or no key at all. Whoever opens a page can read it.");
}
const url = originOf(url_text);
if (url === undefined) refuseArguments(help, `--url ${url_text}: an address begins with https:// or http://.`);

try {
  await writePages(folder, { url, publishable_key });
} catch (error) {
  console.error(failureText(error));
  Deno.exit(1);
}

async function writePages(folder: string, settings: { url: string; publishable_key: string }) {
  // A host that is told of no policy keeps to the pages' own: their files, and calls to the project.
  const policy = `default-src 'self'; connect-src 'self' ${settings.url}; img-src 'self' data:; base-uri 'none'`;
  let bytes = 0;
  const write = async (path: string, content: Uint8Array) => {
    const file = join(folder, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeFile(file, content);
    bytes += content.length;
  };
  const encoder = new TextEncoder();
  const pages = sitePages();
  const files = siteFiles();
  await write("index.html", encoder.encode(withPolicy(rootPage(), policy)));
  await write(root_style.path, await Deno.readFile(root_style.file));
  for (const [path, file] of files) {
    const content = await Deno.readFile(file);
    const is_page = path.endsWith("/index.html");
    await write(path, is_page ? encoder.encode(withPolicy(new TextDecoder().decode(content), policy)) : content);
  }
  for (const { name } of pages) {
    await write(`${name}/settings.json`, encoder.encode(`${JSON.stringify(settings, null, 2)}\n`));
  }
  const size_kb = Math.ceil(bytes / 1_000);
  console.log(`Wrote ${files.size + pages.length + 2} files, ${size_kb} KB, for ${settings.url} into ${folder}:`);
  for (const { name, title } of pages) console.log(`  ${name}/`.padEnd(12) + title);
}

function withPolicy(html: string, policy: string): string {
  return html.replace(
    "<meta charset",
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<meta charset`,
  );
}

/** Whether a key may be public: of the newer keys by its beginning, of the older ones by the role that it is signed for. */
function isPublishable(key: string): boolean {
  if (key.startsWith("sb_publishable_")) return true;
  try {
    const [, payload = ""] = key.split(".");
    return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).role === "anon";
  } catch {
    return false;
  }
}

function originOf(text: string): string | undefined {
  return /^https?:/.test(text) && URL.canParse(text) ? new URL(text).origin : undefined;
}
