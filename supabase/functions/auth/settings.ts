import { type Environment, type PlatformSettings, readPlatform } from "../_shared/settings.ts";

/** All that the auth domain is set up with. */
export interface AuthSettings extends PlatformSettings {
  captcha: CaptchaSettings;
  /** The header in which a trusted proxy names the client's address, in lower case; undefined where none does. */
  client_ip_header: string | undefined;
}

/** The CAPTCHA service that tokens are verified with. Without a provider tokens go on to Auth, unverified. */
export interface CaptchaSettings {
  provider: string | undefined;
  secret: string | undefined;
}

/** Reads the domain's settings from an environment. Never throws. */
export function readAuthSettings(env: Environment): AuthSettings {
  return {
    ...readPlatform(env),
    captcha: { provider: env.CAPTCHA_PROVIDER || undefined, secret: env.CAPTCHA_SECRET || undefined },
    client_ip_header: env.CLIENT_IP_HEADER || undefined,
  };
}

/** The settings of this function, read once when it starts. */
export const settings = readAuthSettings(Deno.env.toObject());
