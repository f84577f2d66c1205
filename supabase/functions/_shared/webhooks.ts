import { Webhook } from "standardwebhooks";

/** As the specification has it: 24 to 64 random bytes. */
const least_secret_bytes = 24;

/**
 * What signs and verifies Standard Webhooks, one for each secret of a setting: several while one is replaced by the
 * next. One that is empty or short opens nothing.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function readWebhooks(setting: string | undefined): Webhook[] {
  return (setting ?? "").split(/[\s,]+/).flatMap((secret) => {
    try {
      return atob(secret.replace(/^whsec_/, "")).length >= least_secret_bytes ? [new Webhook(secret)] : [];
    } catch {
      return [];
    }
  });
}

/** The headers with which a JSON body goes out, signed now. */
export function signedHeaders(webhook: Webhook, id: string, body: string): Record<string, string> {
  const now = new Date();
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": webhook.sign(id, now, body),
  };
}
