import { answerPreflight, openToBrowsers } from "./cors.ts";
import type { OwnService } from "./own_service.ts";
import type { ServerProcess } from "./process.ts";
import type { Signing } from "./signing.ts";

interface GatewayOptions {
  signing: Signing;
  upstream: ServerProcess;
  /** What takes the place of the upstream for Auth or for REST, if anything does. */
  own: { auth?: OwnService; rest?: OwnService };
  functions: Map<string, ServerProcess>;
  /** The payment provider: its checkout page and its API. */
  sandbox: (request: Request) => Promise<Response>;
  /** For people who look around: the answer for a page, undefined for what is none. */
  pages: (request: Request) => Promise<Response | undefined>;
  /** The mails that Auth sent, likewise. */
  mailbox: (request: Request) => Promise<Response | undefined>;
}

/** How long Auth or REST may take before the gateway gives up, as the platform's does. */
const upstream_timeout_ms = 30_000;

// A client must not name its own address.
const stripped_headers = ["x-forwarded-for", "x-real-ip", "cf-connecting-ip", "forwarded"];

/** What stands at the platform's gateway's place: routes to Auth, REST and the functions, and to the sandbox. */
export function createGateway(
  { signing, upstream, own, functions, sandbox, pages, mailbox }: GatewayOptions,
): Deno.ServeHandler {
  return async (request, { remoteAddr }) => {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/sandbox/")) return await sandbox(request);
    const page = await pages(request) ?? await mailbox(request);
    if (page !== undefined) return page;
    return openToBrowsers(await route(request, url, remoteAddr as Deno.NetAddr));
  };

  async function route(request: Request, url: URL, address: Deno.NetAddr): Promise<Response> {
    // A function answers for itself, as it must on the platform.
    const is_function = url.pathname.startsWith("/functions/v1/");
    const preflight = is_function ? undefined : answerPreflight(request);
    if (preflight !== undefined) return preflight;

    const headers = new Headers(request.headers);
    for (const name of stripped_headers) headers.delete(name);
    headers.set("accept-encoding", "identity");
    headers.set("x-forwarded-for", address.hostname);

    if (url.pathname === "/auth/v1/.well-known/jwks.json") return Response.json(signing.jwks);
    const own_service = url.pathname.startsWith("/auth/v1/")
      ? own.auth
      : url.pathname.startsWith("/rest/v1/")
      ? own.rest
      : undefined;
    if (own_service !== undefined) return await callOwn(own_service, request, headers);
    if (url.pathname.startsWith("/auth/v1/")) return await callUpstream(request, headers, reissueTokens);
    if (url.pathname.startsWith("/rest/v1/")) return await callUpstream(request, headers, (response) => response);
    if (is_function) return await callFunction(request, url, headers);
    return Response.json({ message: "no Route matched with those values" }, { status: 404 });
  }

  async function callOwn(service: OwnService, request: Request, headers: Headers): Promise<Response> {
    try {
      return await service(request, headers, AbortSignal.timeout(upstream_timeout_ms));
    } catch {
      return unavailable();
    }
  }

  async function callUpstream(
    request: Request,
    headers: Headers,
    finish: (response: Response) => Response | Promise<Response>,
  ): Promise<Response> {
    const bearer = /^bearer +(.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
    if (bearer !== undefined) {
      headers.delete("authorization");
      // API keys are not tokens: the platform ignores them here as well.
      if (!bearer.startsWith("sb_")) {
        const inner_token = await signing.toInner(bearer);
        if (inner_token === null) return refuseToken(request);
        headers.set("authorization", `Bearer ${inner_token}`);
      }
    }
    await upstream.ready;
    const { pathname, search } = new URL(request.url);
    try {
      const { method, body } = request;
      return await finish(
        await fetch(upstream.url + pathname + search, {
          method,
          headers,
          body,
          redirect: "manual",
          signal: AbortSignal.timeout(upstream_timeout_ms),
        }),
      );
    } catch {
      return unavailable();
    }
  }

  async function reissueTokens(response: Response): Promise<Response> {
    if (!response.headers.get("content-type")?.includes("json")) return response;
    const text = await response.text();
    const reply = new Headers(response.headers);
    reply.delete("content-length");
    const body = text === "" ? {} : JSON.parse(text);
    if (typeof body?.access_token !== "string") {
      return new Response(text || null, { status: response.status, headers: reply });
    }
    const { app_metadata = {}, user_metadata = {} } = body.user ?? {};
    body.access_token = await signing.toPublic(body.access_token, { app_metadata, user_metadata });
    return new Response(JSON.stringify(body), { status: response.status, headers: reply });
  }

  async function callFunction(request: Request, url: URL, headers: Headers): Promise<Response> {
    const [, name = ""] = /^\/functions\/v1\/([^/]+)/.exec(url.pathname) ?? [];
    const process = functions.get(name);
    if (process === undefined) {
      return Response.json({ code: "NOT_FOUND", message: "Requested function was not found" }, { status: 404 });
    }
    await process.ready;
    const target = process.url + url.pathname.slice("/functions/v1".length) + url.search;
    try {
      const { method, body } = request;
      return await fetch(target, { method, headers, body, redirect: "manual" });
    } catch {
      return Response.json({ code: "BOOT_ERROR", message: "Function failed to start (please check logs)" }, {
        status: 503,
      });
    }
  }
}

function unavailable(): Response {
  return Response.json({ message: "The upstream server is unavailable" }, { status: 503 });
}

/** As PostgREST and Auth word it. */
function refuseToken(request: Request): Response {
  return request.url.includes("/rest/v1/")
    ? Response.json({ code: "PGRST301", message: "JWT could not be verified", details: null, hint: null }, {
      status: 401,
    })
    : Response.json({ code: "bad_jwt", message: "invalid JWT" }, { status: 403 });
}
