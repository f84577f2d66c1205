import { type PlatformSettings, readPlatform } from "../_shared/settings.ts";

/** All that the profile domain is set up with. */
export type ProfileSettings = PlatformSettings;

/** The settings of this function, read once when it starts. */
export const settings: ProfileSettings = readPlatform(Deno.env.toObject());
