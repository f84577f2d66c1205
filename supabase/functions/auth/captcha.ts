import { upstream_timeout_ms } from "../_shared/clients.ts";
import { Problem } from "../_shared/problem.ts";
import type { Client } from "./client.ts";
import type { CaptchaSettings } from "./settings.ts";

const verifiers: Record<string, string> = {
  hcaptcha: "https://api.hcaptcha.com/siteverify",
  turnstile: "https://challenges.cloudflare.com/turnstile/v0/siteverify",
};

/**
 * Lets only solved CAPTCHAs pass, where a provider is set up. 422 `captcha_failed`.
 * Verified here and not by Auth, which may skip it for calls that carry a secret key.
 */
export async function requireCaptcha(
  { provider, secret }: CaptchaSettings,
  captcha_token: string | undefined,
  client: Client,
): Promise<void> {
  if (provider === undefined) return;
  const verifier = verifiers[provider];
  if (!verifier || !secret) throw new Problem("misconfigured", { cause: "CAPTCHA_PROVIDER or CAPTCHA_SECRET" });
  if (captcha_token === undefined) throw new Problem("captcha_failed", { detail: "captcha_token is missing." });

  const verdict = await fetch(verifier, {
    method: "POST",
    body: new URLSearchParams({ secret, response: captcha_token, ...(client.ip && { remoteip: client.ip }) }),
    signal: AbortSignal.timeout(upstream_timeout_ms),
  }).then((response) => response.json()).catch((cause) => {
    throw new Problem("upstream_unavailable", { cause });
  });
  if (verdict.success !== true) throw new Problem("captcha_failed");
}
