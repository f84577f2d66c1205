import { createApp } from "../_shared/app.ts";
import { readBody } from "../_shared/body.ts";
import { anyone, user } from "../_shared/caller.ts";
import { connectAs } from "../_shared/clients.ts";
import { answerHealth } from "../_shared/health.ts";
import type { User } from "../_shared/identity.ts";
import { Problem } from "../_shared/problem.ts";
import { deleteCv, readCv, saveCv, updateCv } from "./cv.ts";
import { etagOf, versionsOf } from "./etag.ts";
import { type Profile, SaveProfile } from "./schema.ts";
import { type ProfileSettings, settings } from "./settings.ts";

/** The app of the profile domain: one CV for each user. */
export function createProfile(settings: ProfileSettings) {
  const app = createApp("profile", { ...settings, max_body_bytes: 256 * 1024 });
  const databaseOf = (user: User) => connectAs(settings.platform, user);

  app.get("/health", anyone, answerHealth(settings.platform));

  /** The caller's CV. 304 where `If-None-Match` names its version; 404 `profile_not_found`. */
  app.get("/", user, async (c) => {
    const cv = await readCv(databaseOf(c.var.caller), c.var.caller);
    if (cv === null) throw new Problem("profile_not_found");
    if (c.req.header("if-none-match")?.includes(etagOf(cv))) return c.body(null, 304, versionHeaders(cv));
    return c.json(cv, 200, versionHeaders(cv));
  });

  /** Creates the caller's CV (201) or replaces it (200). */
  app.post("/", user, async (c) => {
    const { profile_data } = await readBody(c, SaveProfile);
    const cv = await saveCv(databaseOf(c.var.caller), c.var.caller, profile_data);
    return c.json(cv, cv.created_at === cv.updated_at ? 201 : 200, versionHeaders(cv));
  });

  /**
   * Replaces the caller's CV. 404 `profile_not_found`; with `If-Match`, 412
   * `precondition_failed` unless the stored version is one of those named.
   */
  app.put("/", user, async (c) => {
    const { profile_data } = await readBody(c, SaveProfile);
    const if_match = c.req.header("if-match");
    const cv = await updateCv(databaseOf(c.var.caller), c.var.caller, profile_data, versionsOf(if_match));
    // RFC 9110, section 13.1.1: If-Match is false as well where there is nothing to match.
    if (cv === null) throw new Problem(if_match === undefined ? "profile_not_found" : "precondition_failed");
    return c.json(cv, 200, versionHeaders(cv));
  });

  /** Removes the caller's CV. 404 `profile_not_found`. */
  app.delete("/", user, async (c) => {
    if (!await deleteCv(databaseOf(c.var.caller), c.var.caller)) throw new Problem("profile_not_found");
    return c.body(null, 204);
  });

  return app;
}

export default createProfile(settings);

/** Lets a client keep a CV and ask whether it changed. A proxy that compresses would weaken the tag. */
function versionHeaders(cv: Profile): Record<string, string> {
  return { etag: etagOf(cv), "cache-control": "private, no-cache, no-transform" };
}
