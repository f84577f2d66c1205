import { publishable_key, secret_key } from "./environment.ts";
import type { Signing } from "./signing.ts";

/** Passes a request on to Auth or REST of one's own, with the headers that the gateway has seen to. */
export type OwnService = (request: Request, headers: Headers, signal: AbortSignal) => Promise<Response>;

/** The paths of Auth that the platform serves without an API key: links in mails, and what other sites call. */
const keyless = /^\/auth\/v1\/(verify|callback|authorize|sso\/saml\/|\.well-known\/)/;

/**
 * Stands before a service at `url`, which is served below `prefix`, as the platform's gateway does: takes API keys for
 * what they are, hands users' tokens on as they came, and makes a token of the secret key. Throws what `fetch` throws.
 */
export function createOwnService(
  { url, prefix, signing }: { url: string; prefix: string; signing: Signing },
): OwnService {
  return async (request, incoming, signal) => {
    const { pathname, search, searchParams } = new URL(request.url);
    const headers = new Headers(incoming);
    const key = headers.get("apikey") ?? searchParams.get("apikey");
    headers.delete("apikey");
    if (key !== publishable_key && key !== secret_key && !keyless.test(pathname)) {
      return Response.json({ message: key === null ? "No API key found in request" : "Invalid API key" }, {
        status: 401,
      });
    }
    if (key !== secret_key) headers.delete("sb-forwarded-for");
    if (!/^bearer +(?!sb_)/i.test(headers.get("authorization") ?? "")) {
      headers.delete("authorization");
      if (key === secret_key) headers.set("authorization", `Bearer ${await signing.serverToken()}`);
    }
    const { method, body } = request;
    const target = url + pathname.slice(prefix.length) + search;
    return await fetch(target, { method, headers, body, redirect: "manual", signal });
  };
}
