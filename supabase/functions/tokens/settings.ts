import { type Environment, type PlatformSettings, readPlatform } from "../_shared/settings.ts";

/** All that the tokens domain is set up with. */
export interface TokensSettings extends PlatformSettings {
  /** Whether users credit themselves. Closed unless the setting says exactly "true". */
  self_service_add: boolean;
  /** Where notices of low balances go, and what they are signed with. */
  notices: { url: string | undefined; secret: string | undefined };
}

/** Reads the domain's settings from an environment. Never throws. */
export function readTokensSettings(env: Environment): TokensSettings {
  return {
    ...readPlatform(env),
    self_service_add: env.TOKENS_SELF_SERVICE_ADD === "true",
    notices: { url: env.NOTICES_URL || undefined, secret: env.NOTICES_SECRET || undefined },
  };
}

/** The settings of this function, read once when it starts. */
export const settings = readTokensSettings(Deno.env.toObject());
