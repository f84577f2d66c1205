import { type Environment, type PlatformSettings, readPlatform } from "../_shared/settings.ts";

/** All that the payments domain is set up with; a text that is not set is empty. */
export interface PaymentsSettings extends PlatformSettings {
  stripe: { secret_key: string; webhook_secrets: string; return_url: string };
  standard: {
    checkout_url: string;
    /** Whether real money moves there: test money unless the setting says exactly "true". */
    livemode: boolean;
    webhook_secrets: string;
    api_url: string;
    api_key: string;
  };
}

/** Reads the domain's settings from an environment. Never throws. */
export function readPaymentsSettings(env: Environment): PaymentsSettings {
  return {
    ...readPlatform(env),
    stripe: {
      secret_key: env.STRIPE_SECRET_KEY ?? "",
      webhook_secrets: env.STRIPE_WEBHOOK_SECRETS ?? "",
      return_url: env.PAYMENTS_RETURN_URL ?? "",
    },
    standard: {
      checkout_url: env.PAYMENTS_CHECKOUT_URL ?? "",
      livemode: env.PAYMENTS_LIVEMODE === "true",
      webhook_secrets: env.PAYMENTS_WEBHOOK_SECRETS ?? "",
      api_url: env.PAYMENTS_API_URL ?? "",
      api_key: env.PAYMENTS_API_KEY ?? "",
    },
  };
}

/** The settings of this function, read once when it starts. */
export const settings = readPaymentsSettings(Deno.env.toObject());
