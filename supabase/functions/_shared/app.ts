import { type Context, Hono, type Next } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { routePath } from "hono/route";
import { type Caller, createIdentify, type Identify } from "./identity.ts";
import { Problem, type ProblemCode, problemResponse } from "./problem.ts";
import type { Platform } from "./settings.ts";

/** What every route can read with `c.var`; `caller` is there behind the guards of caller.ts. */
export type AppEnv = {
  Variables: {
    /** Finds the request in the log. Always ours: a client must not choose it. */
    requestId: string;
    identify: Identify;
    caller?: Caller;
    /** The account that a server names, or that a sign-up or sign-in opened. */
    account?: string;
    /** The member of staff who asks about that account. */
    actor?: string;
    /** The code of the refusal, if the answer is one. */
    code?: ProblemCode;
    /** What an operator should know about a request that succeeded. */
    note?: unknown;
    /** The cause of a refusal or a failure. */
    error?: unknown;
  };
};

export interface AppOptions {
  platform: Platform;
  /** Names of required settings that are absent. If there are any, every request is answered 503 `misconfigured`. */
  missing: string[];
  max_body_bytes?: number;
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/** The headers of ours that a browser's scripts may read. */
const exposed_headers = "x-request-id,etag,idempotent-replayed,retry-after,allow";

/** Answers a preflight. Open to every origin: callers are known by their tokens, never by cookies. */
const answerPreflight = cors({ origin: "*", allowMethods: ["GET", "HEAD", ...methods.slice(1)], maxAge: 86_400 });

/**
 * The app of one domain, served below `/<name>`.
 *
 * Owns what all answers share: the request id, one log line, CORS, the body
 * limit, and problem details for whatever is thrown or not routed.
 */
export function createApp(name: string, { platform, missing, max_body_bytes = 16 * 1024 }: AppOptions) {
  const identify = createIdentify(platform);
  // `/tokens/` and `/tokens` are one route.
  const app = new Hono<AppEnv>({ strict: false }).basePath(`/${name}`);

  // What all answers share is put on the finished answer, here. A middleware for each part, and headers that wait for
  // an answer to come, cost more than the work of most routes.
  app.use(async (c, next) => {
    const started_ms = performance.now();
    c.set("requestId", createRequestId());
    c.set("identify", identify);
    const refusal = await admit(c, next);
    if (refusal instanceof Response) c.res = refusal;

    const { headers } = c.res;
    headers.set("x-request-id", c.get("requestId"));
    headers.set("access-control-allow-origin", "*");
    headers.set("access-control-expose-headers", exposed_headers);
    // Answers hold tokens and personal data (RFC 6749, section 5.1, asks the same of the former).
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    logRequest(c, performance.now() - started_ms);
  });

  /** Passes on what a route may answer, and answers all else. */
  function admit(c: Context<AppEnv>, next: Next): Response | Promise<Response | void> {
    if (c.req.method === "OPTIONS") return answerPreflight(c, next);
    if (missing.length > 0) {
      return refuse(c, new Problem("misconfigured", { cause: `missing setting: ${missing.join(", ")}` }));
    }
    const bytes = declaredBytes(c);
    if (bytes === undefined) return countBody(c, next);
    return bytes > max_body_bytes ? refuseBody(c) : next();
  }

  const refuseBody = (c: Context<AppEnv>) =>
    refuse(c, new Problem("body_too_large", { detail: `The limit is ${max_body_bytes} bytes.` }));
  const countBody = bodyLimit({ maxSize: max_body_bytes, onError: refuseBody });

  app.notFound((c) => {
    const allowed = methods.filter((method) =>
      app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method === method)
    );
    if (allowed.length === 0) return refuse(c, new Problem("not_found"));
    // RFC 9110, section 15.5.6: a 405 lists the methods there are.
    const allow = allowed.flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]).join(", ");
    return refuse(c, new Problem("method_not_allowed", { headers: { allow } }));
  });

  app.onError((error, c) =>
    refuse(c, error instanceof Problem ? error : new Problem("internal_error", { cause: error }))
  );

  return app;
}

/** The answer for a problem, whose code and cause go to the log. */
function refuse(c: Context<AppEnv>, problem: Problem): Response {
  c.set("code", problem.code);
  c.set("error", problem.options.cause);
  return problemResponse(c, problem);
}

/** How long a body says it is, and so will be. Undefined where the bytes have to be counted. */
function declaredBytes({ req }: Context<AppEnv>): number | undefined {
  if (req.method === "GET" || req.method === "HEAD") return 0;
  const length = req.header("content-length");
  return length === undefined || req.header("transfer-encoding") !== undefined ? undefined : Number(length);
}

const first_of_request_id = crypto.randomUUID().slice(0, -12);
let requests = 0;

/** An id that no other request has: a random one of this instance, whose last 12 digits count its requests. */
function createRequestId(): string {
  return first_of_request_id + (requests++).toString(16).padStart(12, "0");
}

/** One JSON line a request. Holds ids and codes: no address, token, password or document. */
function logRequest(c: Context<AppEnv>, ms: number): void {
  const caller = c.get("caller");
  const line = {
    id: c.get("requestId"),
    client_request_id: printable(c.req.header("x-request-id")),
    route: `${c.req.method} ${routePath(c, -1)}`,
    status: c.res.status,
    code: c.get("code") ?? null,
    ms: Math.round(ms),
    caller: caller?.kind ?? "anyone",
    account: c.get("account") ?? (caller?.kind === "user" && c.get("actor") === undefined ? caller.id : null),
    actor: c.get("actor"),
    note: describe(c.get("note")),
    error: describe(c.get("error")),
  };
  if (c.res.status < 500) console.log(JSON.stringify(line));
  else console.error(JSON.stringify(line));
}

/** A client's own request id, if it is short and printable. */
function printable(name: string | undefined): string | undefined {
  return name !== undefined && /^[\x20-\x7e]{1,128}$/.test(name) ? name : undefined;
}

/** The message and the place, not the values: a database's `details` can quote a row. */
function describe(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
