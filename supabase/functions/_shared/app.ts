import { type Context, Hono } from "hono";
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

  app.use(async (c, next) => {
    c.set("requestId", crypto.randomUUID());
    c.header("x-request-id", c.get("requestId"));
    await next();
  });
  app.use(logRequest);
  app.use(cors({
    // Open to every origin: callers are known by their tokens, never by cookies.
    origin: "*",
    allowMethods: ["GET", "HEAD", ...methods.slice(1)],
    exposeHeaders: ["x-request-id", "etag", "idempotent-replayed", "retry-after", "allow"],
    maxAge: 86_400,
  }));
  app.use(async (c, next) => {
    await next();
    // Answers hold tokens and personal data (RFC 6749, section 5.1, asks the same of the former).
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
  });
  app.use(async (c, next) => {
    if (missing.length > 0) throw new Problem("misconfigured", { cause: `missing setting: ${missing.join(", ")}` });
    c.set("identify", identify);
    await next();
  });
  app.use(bodyLimit({
    maxSize: max_body_bytes,
    onError: () => {
      throw new Problem("body_too_large", { detail: `The limit is ${max_body_bytes} bytes.` });
    },
  }));

  app.notFound((c) => {
    const allowed = methods.filter((method) =>
      app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method === method)
    );
    c.set("code", allowed.length === 0 ? "not_found" : "method_not_allowed");
    if (allowed.length === 0) return problemResponse(c, new Problem("not_found"));
    // RFC 9110, section 15.5.6: a 405 lists the methods there are.
    const allow = allowed.flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]).join(", ");
    return problemResponse(c, new Problem("method_not_allowed", { headers: { allow } }));
  });

  app.onError((error, c) => {
    const problem = error instanceof Problem ? error : new Problem("internal_error", { cause: error });
    c.set("code", problem.code);
    c.set("error", problem.options.cause);
    return problemResponse(c, problem);
  });

  return app;
}

/** One JSON line a request. Holds ids and codes: no address, token, password or document. */
async function logRequest(c: Context<AppEnv>, next: () => Promise<void>) {
  const started_ms = performance.now();
  await next();
  const caller = c.get("caller");
  const line = {
    id: c.get("requestId"),
    client_request_id: printable(c.req.header("x-request-id")),
    route: `${c.req.method} ${routePath(c, -1)}`,
    status: c.res.status,
    code: c.get("code") ?? null,
    ms: Math.round(performance.now() - started_ms),
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
