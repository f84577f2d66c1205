import { type Environment, type PlatformSettings, readPlatform } from "../_shared/settings.ts";

/** Where notices go. */
export interface NoticeSettings {
  /** The address that takes notices; empty where there is none. */
  url: string;
  /** The secret that notices are signed with (Standard Webhooks). */
  secret: string;
}

/** All that the tokens domain reads of its environment. */
export interface TokensSettings extends PlatformSettings {
  /** Whether users may credit themselves with POST /tokens/add. */
  self_service_add: boolean;
  notices: NoticeSettings;
}

/** Reads the settings of the tokens domain from an environment. */
export function readTokensSettings(env: Environment): TokensSettings {
  return {
    ...readPlatform(env),
    // Closed unless it says exactly "true": where it is on, users credit themselves.
    self_service_add: env.TOKENS_SELF_SERVICE_ADD === "true",
    notices: { url: env.NOTICES_URL ?? "", secret: env.NOTICES_SECRET ?? "" },
  };
}

/** The settings of this function, read once when it starts. */
export const settings = readTokensSettings(Deno.env.toObject());
