import type { Webhook } from "standardwebhooks";
import { unwrap, upstream_timeout_ms } from "../_shared/clients.ts";
import type { Caller } from "../_shared/identity.ts";
import { Problem } from "../_shared/problem.ts";
import { readWebhooks, signedHeaders } from "../_shared/webhooks.ts";
import type { Databases } from "./database.ts";
import type { TokensSettings } from "./settings.ts";

/** Below how many tokens the owner of an account is told; null where they are not. */
export async function readThreshold(databases: Databases, caller: Caller, user_id: string): Promise<number | null> {
  const query = databases.readAs(caller).from("user_tokens").select("low_balance_threshold").eq("user_id", user_id);
  return unwrap(await query.maybeSingle())?.low_balance_threshold ?? null;
}

/** Sets it. 401 `session_ended`, 404 `user_not_found`. */
export async function setThreshold(
  databases: Databases,
  caller: Caller,
  user_id: string,
  threshold: number | null,
): Promise<number | null> {
  return unwrap(
    await databases.trusted.rpc("set_low_balance_threshold", {
      p_user_id: user_id,
      ...(threshold !== null && { p_threshold: threshold }),
      ...(caller.kind === "user" && { p_session_id: caller.session_id }),
    }),
  );
}

/** As many at once as a receiver should bear. */
const notices_at_once = 10;
const most_rounds = 10;

/**
 * Sends what is in the outbox as Standard Webhooks, and tries again later what is not answered 2xx. A notice keeps its
 * `webhook-id`, so that a receiver can tell one that came before: its answer may have been lost.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * 503 `misconfigured` without an address or a secret.
 */
export async function deliverNotices(
  databases: Databases,
  { url, secret }: TokensSettings["notices"],
): Promise<{ delivered: number; failed: number }> {
  const [webhook] = readWebhooks(secret);
  if (url === undefined || !URL.canParse(url) || webhook === undefined) {
    throw new Problem("misconfigured", { cause: "missing setting: NOTICES_URL or NOTICES_SECRET" });
  }
  const count = { delivered: 0, failed: 0 };
  for (let round = 0; round < most_rounds; round++) {
    const notices = unwrap(await databases.trusted.rpc("claim_notices", { p_limit: notices_at_once }));
    await Promise.all(notices.map(async (notice) => {
      const error = await send(url, webhook, notice);
      count[error === undefined ? "delivered" : "failed"]++;
      unwrap(
        await databases.trusted.rpc("record_notice_attempt", {
          p_id: notice.id,
          ...(error !== undefined && { p_error: error }),
        }),
      );
    }));
    if (notices.length < notices_at_once) break;
  }
  return count;
}

interface Notice {
  id: string;
  type: string;
  data: unknown;
  created_at: string;
}

/** Why it was not taken; undefined where it was. */
async function send(
  url: string,
  webhook: Webhook,
  { id, type, data, created_at }: Notice,
): Promise<string | undefined> {
  const body = JSON.stringify({ type, timestamp: created_at, data });
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: signedHeaders(webhook, id, body),
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(upstream_timeout_ms),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `answered ${response.status}`;
  } catch (error) {
    return (error as Error).message;
  }
}
