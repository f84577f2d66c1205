import type * as z from "zod";
import type { ProblemCode } from "../../supabase/functions/_shared/problem.ts";

/** One route of the API as docs/openapi.json describes it. */
export interface Operation {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the base address, with `{id}` for an id. */
  path: string;
  /** The name of its method in clients: `<domain>.<name>`. */
  name: string;
  summary: string;
  description?: string;
  /** Who may call it. A provider is known by the signature over its body. */
  who: "anyone" | "user" | "user or server" | "server" | "staff" | "provider";
  query?: z.ZodType;
  body?: z.ZodType;
  /** Whether the body may be left out. */
  body_is_optional?: boolean;
  /** Whether it takes an `Idempotency-Key`. */
  is_idempotent?: boolean;
  /** Whether it acts through Auth, which then may refuse it. */
  asks_auth?: boolean;
  /** The request headers of conditional requests that it honours (RFC 9110, section 13). */
  conditions?: ("If-Match" | "If-None-Match")[];
  /** Each answer that is no problem. */
  answers: Record<number, Answer>;
  /** What it may be refused with, beside what all routes of its kind share. */
  problems?: ProblemCode[];
  /** A body that is accepted. */
  example?: unknown;
}

export interface Answer {
  description: string;
  /** Null where there is no JSON body. */
  schema: z.ZodType | null;
  /** Where the body is not JSON. */
  media_type?: string;
  example?: unknown;
}

/** The codes that an operation may be refused with, each once, in the order of their statuses in problem.ts. */
export function problemsOf(operation: Operation): Set<ProblemCode> {
  const { who, method, query, body, is_idempotent, asks_auth = false, problems = [] } = operation;
  const writes = method !== "GET" && who !== "anyone" && who !== "provider" && !asks_auth;
  return new Set<ProblemCode>([
    "internal_error",
    "misconfigured",
    "upstream_unavailable",
    ...(body === undefined ? [] : ["malformed_json", "body_too_large", "unsupported_media_type"] as const),
    ...(body === undefined && query === undefined && !is_idempotent ? [] : ["validation_failed"] as const),
    ...(who === "anyone" || who === "provider" ? [] : ["unauthorized", "invalid_token"] as const),
    ...(who === "server" ? ["server_required"] as const : []),
    ...(who === "staff" ? ["staff_required"] as const : []),
    ...(asks_auth ? ["auth_refused", "auth_conflict"] as const : []),
    ...(writes ? ["wallet_busy", "request_expired"] as const : []),
    ...(writes && (who.startsWith("user") || who === "staff") ? ["session_ended", "insufficient_aal"] as const : []),
    ...(is_idempotent ? ["idempotency_key_reused"] as const : []),
    ...problems,
  ]);
}
