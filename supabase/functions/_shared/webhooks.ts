import { Webhook } from "standardwebhooks";

/** The specification asks for 24 to 64 random bytes. */
const least_secret_bytes = 24;

/**
 * The signers of Standard Webhooks, one per configured secret: several during rotation. A secret that is empty or too
 * short is left out.
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

/** The headers of a JSON body that is sent as a Standard Webhook, signed now. */
export function signedHeaders(webhook: Webhook, id: string, body: string): Record<string, string> {
  const now = new Date();
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": webhook.sign(id, now, body),
  };
}
