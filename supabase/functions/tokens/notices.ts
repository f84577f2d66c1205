import type { Webhook } from "standardwebhooks";
import { unwrap, upstream_timeout_ms } from "../_shared/clients.ts";
import { Problem } from "../_shared/problem.ts";
import { readWebhooks, signedHeaders } from "../_shared/webhooks.ts";
import type { Databases } from "./database.ts";
import type { NoticeDelivery } from "./schema.ts";
import type { NoticeSettings } from "./settings.ts";

/** How many notices are sent at once: a receiver should bear that many. */
const notices_at_once = 10;
const max_rounds = 10;

/**
 * Sends the notices of the outbox that are due as Standard Webhooks. A notice that is not answered 2xx is sent again
 * later. It keeps its `webhook-id`, by which a receiver knows a notice that came before: the answer may have been lost.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * Without an address all notices stay in the outbox. 503 `misconfigured` where the address or its secret is unusable.
 */
export async function deliverNotices({ trusted }: Databases, { url, secret }: NoticeSettings): Promise<NoticeDelivery> {
  const count = { delivered: 0, failed: 0 };
  if (url === "") return count;
  const [webhook] = readWebhooks(secret);
  if (!URL.canParse(url) || webhook === undefined) {
    throw new Problem("misconfigured", { cause: "unusable setting: NOTICES_URL or NOTICES_SECRET" });
  }
  for (let round = 0; round < max_rounds; round++) {
    const notices = unwrap(await trusted.rpc("claim_notices", { p_limit: notices_at_once }));
    await Promise.all(notices.map(async (notice) => {
      const error = await send(url, webhook, notice);
      count[error === undefined ? "delivered" : "failed"]++;
      unwrap(
        await trusted.rpc("record_notice_attempt", { p_id: notice.id, ...(error !== undefined && { p_error: error }) }),
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

/** Sends one notice. Returns why it was not taken; undefined where it was. */
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
