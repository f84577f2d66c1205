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
