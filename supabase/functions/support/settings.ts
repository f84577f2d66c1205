import { type PlatformSettings, readPlatform } from "../_shared/settings.ts";

/** All that the support domain is set up with. */
export type SupportSettings = PlatformSettings;

/** The settings of this function, read once when it starts. */
export const settings: SupportSettings = readPlatform(Deno.env.toObject());
