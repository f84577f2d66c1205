import { publishable_key, secret_key } from "../environment.ts";
import { media_types, root_style, site_folders, siteFile, sitePages } from "./site.ts";
import { startPage, type StartPageContent } from "./start_page.ts";

/** Nothing comes from elsewhere, and nothing of a page goes there. */
const content_security_policy =
  "default-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** The pages of a local stack: the start page at `/`, and those of `site.ts`. Undefined for a path of something else. */
export function createPages(stack: StartPageContent): (request: Request) => Promise<Response | undefined> {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const path = pathname.slice(1);
    const [folder = ""] = path.split("/");
    if (path !== "" && path !== root_style.path && !site_folders.includes(folder)) return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answerText(405, `${pathname} is a page: it is read with GET.`, { allow: "GET, HEAD" });
    }
    if (path === "") return answer(startPage(stack), media_types.html!);
    if (path === root_style.path) return answer(await Deno.readFile(root_style.file), media_types.css!);
    const page = sitePages().find(({ name }) => name === folder);
    if (page !== undefined && path === folder) {
      return new Response(null, { status: 302, headers: { location: `/${folder}/${search}` } });
    }
    if (page !== undefined && path === `${folder}/settings.json`) {
      return answer(JSON.stringify(settingsOf(folder, stack.url)), media_types.json!);
    }
    const found = siteFile(path);
    const content = found && await readIfThere(found.file);
    if (content === undefined) {
      return answerText(404, `There is no ${pathname} here. ${stack.url}/ shows what there is.`);
    }
    return answer(content, found!.media_type);
  };
}

/** What a page knows of the stack. The docs page can also call as a server: it is for who runs the stack. */
function settingsOf(page: string, url: string) {
  return { url, publishable_key, ...(page === "docs" && { secret_key }) };
}

async function readIfThere(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    const { NotFound, IsADirectory, NotADirectory } = Deno.errors;
    if ([NotFound, IsADirectory, NotADirectory].some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}

function answer(body: BodyInit, media_type: string, { status = 200, headers = {} } = {}): Response {
  return new Response(body, {
    status,
    headers: {
      "content-type": media_type,
      "content-security-policy": content_security_policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cache-control": "no-cache",
      ...headers,
    },
  });
}

function answerText(status: number, text: string, headers: Record<string, string> = {}): Response {
  return answer(`${text}\n`, "text/plain; charset=utf-8", { status, headers });
}
