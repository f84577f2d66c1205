import { upstream_timeout_ms } from "../_shared/clients.ts";
import { Problem } from "../_shared/problem.ts";

const verifiers: Record<string, string> = {
  hcaptcha: "https://api.hcaptcha.com/siteverify",
  turnstile: "https://challenges.cloudflare.com/turnstile/v0/siteverify",
};

// Verified here and not by Auth, which may skip it for calls that carry a secret key.
const provider = Deno.env.get("CAPTCHA_PROVIDER");
const secret = Deno.env.get("CAPTCHA_SECRET");

/** Whether CAPTCHAs are verified here. If not, tokens go on to Auth, which may be set up for them. */
export const captcha_is_verified_here = Boolean(provider);

/** Lets only solved CAPTCHAs pass, where one is configured. 422 `captcha_failed`. */
export async function requireCaptcha(captcha_token: string | undefined, client_ip: string | undefined): Promise<void> {
  if (!captcha_is_verified_here) return;
  const verifier = verifiers[provider!];
  if (!verifier || !secret) throw new Problem("misconfigured", { cause: "CAPTCHA_PROVIDER or CAPTCHA_SECRET" });
  if (captcha_token === undefined) throw new Problem("captcha_failed", { detail: "captcha_token is missing." });

  const verdict = await fetch(verifier, {
    method: "POST",
    body: new URLSearchParams({ secret, response: captcha_token, ...(client_ip && { remoteip: client_ip }) }),
    signal: AbortSignal.timeout(upstream_timeout_ms),
  }).then((response) => response.json()).catch((cause) => {
    throw new Problem("upstream_unavailable", { cause });
  });
  if (verdict.success !== true) throw new Problem("captcha_failed");
}
