import { upstream_timeout_ms } from "../_shared/clients.ts";
import { Problem } from "../_shared/problem.ts";
import type { Client } from "./client.ts";
import { type Meanings, problemOf, readRefusal } from "./refusals.ts";
import type { AuthSettings } from "./settings.ts";

interface CallOptions {
  /** POST unless it is said. */
  method?: string;
  client?: Client;
  /** Acts as a user. */
  access_token?: string;
  /** Whether to show the secret key, with which Auth asks for no CAPTCHA. */
  is_trusted?: boolean;
  /** Whether to act as the project's administrator. */
  is_admin?: boolean;
  /** What Auth's codes mean on this route alone. */
  refusals?: Meanings;
  /** Refusals that count as success. */
  accept?: (status: number, code: string) => boolean;
  /** Whether to ask once more if Auth answers 500. */
  repeat?: boolean;
}

/** Calls a path of Supabase Auth and gives its answer, or throws the problem that a refusal stands for. */
export type AuthCall = (path: string, body: unknown, options: CallOptions) => Promise<unknown>;

/** Makes an `AuthCall` to the project's Auth. */
export function createAuthCall({ platform, captcha }: AuthSettings): AuthCall {
  return async (path, body, options) => {
    const { method = "POST", client = {}, access_token, is_admin = false, refusals, accept, repeat = false } = options;
    // The secret key has Auth skip the CAPTCHA that was verified here (a token works once),
    // and believe the client's address: by its limits all users would share this function's.
    const is_trusted = options.is_trusted || is_admin || captcha.provider !== undefined || client.ip !== undefined;
    const ask = () =>
      fetch(`${platform.supabase_url}/auth/v1/${path}`, {
        method,
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          // Error bodies as {code, message}, whatever the project's age.
          "x-supabase-api-version": "2024-01-01",
          apikey: is_trusted ? platform.secret_key : platform.publishable_key,
          ...(client.ip !== undefined && { "sb-forwarded-for": client.ip }),
          ...(client.user_agent !== undefined && { "user-agent": client.user_agent }),
          ...(access_token !== undefined && { authorization: `Bearer ${access_token}` }),
          // As supabase-js sends it, which the platform's gateway makes a token of the role service_role.
          ...(is_admin && { authorization: `Bearer ${platform.secret_key}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(upstream_timeout_ms),
      }).then(async (response) => ({
        ok: response.ok,
        status: response.status,
        retry_after: response.headers.get("retry-after"),
        body: await response.json().catch(() => undefined) as unknown,
      })).catch((cause) => {
        throw new Problem("upstream_unavailable", { cause });
      });
    let response = await ask();
    if (response.status === 500 && repeat) response = await ask();
    if (response.ok || accept?.(response.status, readRefusal(response.body).code)) return response.body;
    throw problemOf(response, refusals);
  };
}
