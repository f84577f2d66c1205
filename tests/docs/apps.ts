/** The apps that are deployed, as the pages are held to them. A new function is added here. */
import { readPlatform } from "../../supabase/functions/_shared/settings.ts";
import { platform_environment } from "../../supabase/functions/_testing/upstream.ts";
import { createAuth } from "../../supabase/functions/auth/index.ts";
import { readAuthSettings } from "../../supabase/functions/auth/settings.ts";
import { createPayments } from "../../supabase/functions/payments/index.ts";
import { readPaymentsSettings } from "../../supabase/functions/payments/settings.ts";
import { createProfile } from "../../supabase/functions/profile/index.ts";
import { createSupport } from "../../supabase/functions/support/index.ts";
import { createTokens } from "../../supabase/functions/tokens/index.ts";
import { readTokensSettings } from "../../supabase/functions/tokens/settings.ts";

/** How each function reads its settings. */
export const settings_readers = {
  auth: readAuthSettings,
  payments: readPaymentsSettings,
  profile: readPlatform,
  support: readPlatform,
  tokens: readTokensSettings,
};

/** Each function's app, with what the platform sets and nothing else. */
export const apps = {
  auth: createAuth(readAuthSettings(platform_environment)),
  payments: createPayments(readPaymentsSettings(platform_environment)),
  profile: createProfile(readPlatform(platform_environment)),
  support: createSupport(readPlatform(platform_environment)),
  tokens: createTokens(readTokensSettings(platform_environment)),
};
