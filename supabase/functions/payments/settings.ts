import type { Webhook } from "standardwebhooks";
import { type Environment, type PlatformSettings, readPlatform } from "../_shared/settings.ts";
import { readWebhooks } from "../_shared/webhooks.ts";

/** What the payments function is set to. A provider without settings takes no money and tells nothing. */
export interface PaymentsSettings extends PlatformSettings {
  stripe: StripeSettings;
  standard: StandardSettings;
}

export interface StripeSettings {
  /** `sk_…` or `rk_…`; undefined if Stripe is not used. */
  secret_key: string | undefined;
  /** The page to which buyers return from Stripe. */
  return_url: string | undefined;
  /** The secrets of the webhook destination; several during rotation. */
  webhook_secrets: string[];
}

/** Settings of a provider of your own. */
export interface StandardSettings {
  /** Whether real money moves: test money unless the setting is exactly "true". */
  livemode: boolean;
  /** The page that takes the money. */
  checkout_url: string | undefined;
  /** One verifier for each configured secret; several during rotation. */
  webhook_verifiers: Webhook[];
  /** The API that tells about the past, and the bearer token it wants. */
  api: { url: string; key: string } | undefined;
}

/** Stripe's secrets have 38 characters; one that is blank or cut short opens nothing. */
const least_secret_characters = 30;

export function readPaymentsSettings(env: Environment): PaymentsSettings {
  const api_url = readUrl(env.PAYMENTS_API_URL)?.replace(/\/+$/, "");
  const api_key = env.PAYMENTS_API_KEY || undefined;
  return {
    ...readPlatform(env),
    stripe: {
      secret_key: env.STRIPE_SECRET_KEY || undefined,
      return_url: readUrl(env.PAYMENTS_RETURN_URL),
      webhook_secrets: (env.STRIPE_WEBHOOK_SECRETS ?? "").split(/[\s,]+/)
        .filter((secret) => secret.startsWith("whsec_") && secret.length >= least_secret_characters),
    },
    standard: {
      livemode: env.PAYMENTS_LIVEMODE === "true",
      checkout_url: readUrl(env.PAYMENTS_CHECKOUT_URL),
      webhook_verifiers: readWebhooks(env.PAYMENTS_WEBHOOK_SECRETS),
      api: api_url !== undefined && api_key !== undefined ? { url: api_url, key: api_key } : undefined,
    },
  };
}

function readUrl(value: string | undefined): string | undefined {
  return value !== undefined && URL.canParse(value) ? value : undefined;
}

/** The settings of the deployed function. */
export const settings = readPaymentsSettings(Deno.env.toObject());
