import { upstream_timeout_ms } from "../_shared/clients.ts";
import { Problem, type ProblemCode } from "../_shared/problem.ts";
import { problemOf } from "./refusals.ts";
import type { AuthSettings } from "./settings.ts";

interface CallOptions {
  client_ip?: string | undefined;
  access_token?: string;
  /** What Auth's codes mean on this route alone. */
  refusals?: Record<string, ProblemCode>;
  /** Refusals that count as success. */
  accept?: (status: number) => boolean;
  /** Whether to ask once more if Auth answers 500. */
  repeat?: boolean;
}

/** Posts to a path of Supabase Auth and gives its answer, or throws the problem that a refusal stands for. */
export type AuthCall = (path: string, body: unknown, options: CallOptions) => Promise<unknown>;

/** Makes an `AuthCall` to the project's Auth. */
export function createAuthCall({ platform, captcha }: AuthSettings): AuthCall {
  return async (path, body, { client_ip, access_token, refusals, accept, repeat = false }) => {
    // The secret key has Auth skip the CAPTCHA that was verified here (a token works once),
    // and believe the client's address: by its limits all users would share this function's.
    const is_trusted = captcha.provider !== undefined || client_ip !== undefined;
    const ask = () =>
      fetch(`${platform.supabase_url}/auth/v1/${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          // Error bodies as {code, message}, whatever the project's age.
          "x-supabase-api-version": "2024-01-01",
          apikey: is_trusted ? platform.secret_key : platform.publishable_key,
          ...(client_ip !== undefined && { "sb-forwarded-for": client_ip }),
          ...(access_token !== undefined && { authorization: `Bearer ${access_token}` }),
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
    if (response.ok || accept?.(response.status)) return response.body;
    throw problemOf(response, refusals);
  };
}
