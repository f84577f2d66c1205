import { createApp } from "../_shared/app.ts";
import { readBody, refuseQuery } from "../_shared/body.ts";
import { anyone, user } from "../_shared/caller.ts";
import { connectAs, type DatabaseClient } from "../_shared/clients.ts";
import { answerHealth } from "../_shared/health.ts";
import { Problem } from "../_shared/problem.ts";
import { type Conditions, etagOf, includes, readConditions } from "./conditions.ts";
import { createCv, deleteCv, readCv, replaceCv, saveCv } from "./cv.ts";
import { type Profile, SaveProfile } from "./schema.ts";
import { type ProfileSettings, settings } from "./settings.ts";

/** The app of the profile domain: one CV for each user. Every route honours `If-Match` and `If-None-Match`. */
export function createProfile(settings: ProfileSettings) {
  const { platform } = settings;
  const app = createApp("profile", { ...settings, max_body_bytes: 256 * 1024 });

  app.get("/health", anyone, answerHealth(platform));

  /** The caller's CV. 304 where `If-None-Match` names its version; 404 `profile_not_found`. */
  app.get("/", user, async (c) => {
    refuseQuery(c);
    const { match, none_match } = readConditions(c);
    const cv = await readCv(connectAs(platform, c.var.caller), c.var.caller.id);
    // RFC 9110, section 13.2.1: where the answer is no success, conditions are not looked at.
    if (cv === null) throw new Problem("profile_not_found");
    if (match !== undefined && !includes(match, cv)) throw new Problem("precondition_failed");
    if (includes(none_match, cv)) return c.body(null, 304, versionHeaders(cv));
    return c.json(cv, 200, versionHeaders(cv));
  });

  /**
   * Creates the caller's CV (201) or replaces it (200). 412 `precondition_failed`: with `If-None-Match: *`
   * where there is one, with `If-Match` where there is none at the versions named.
   */
  app.post("/", user, async (c) => {
    const { profile_data } = await readBody(c, SaveProfile);
    const conditions = readConditions(c);
    const database = connectAs(platform, c.var.caller);
    const { id } = c.var.caller;
    let cv: Profile | null;
    if (conditions.match === undefined && conditions.none_match === undefined) {
      cv = await saveCv(database, id, profile_data);
    } else {
      cv = await replaceCv(database, id, profile_data, conditions);
      // If-None-Match is also true where there is no CV yet.
      if (cv === null && conditions.match === undefined) cv = await createCv(database, id, profile_data);
      if (cv === null) throw new Problem("precondition_failed");
    }
    return c.json(cv, cv.created_at === cv.updated_at ? 201 : 200, versionHeaders(cv));
  });

  /** Replaces the caller's CV. 404 `profile_not_found`, 412 `precondition_failed`. */
  app.put("/", user, async (c) => {
    const { profile_data } = await readBody(c, SaveProfile);
    const conditions = readConditions(c);
    const database = connectAs(platform, c.var.caller);
    const cv = await replaceCv(database, c.var.caller.id, profile_data, conditions);
    if (cv === null) throw await reasonOf(database, c.var.caller.id, conditions);
    return c.json(cv, 200, versionHeaders(cv));
  });

  /** Removes the caller's CV. 404 `profile_not_found`, 412 `precondition_failed`. */
  app.delete("/", user, async (c) => {
    refuseQuery(c);
    const conditions = readConditions(c);
    const database = connectAs(platform, c.var.caller);
    if (!await deleteCv(database, c.var.caller.id, conditions)) {
      throw await reasonOf(database, c.var.caller.id, conditions);
    }
    return c.body(null, 204);
  });

  return app;
}

/** Why nothing was replaced or removed: there was no CV, or a condition did not hold. */
async function reasonOf(database: DatabaseClient, user_id: string, conditions: Conditions): Promise<Problem> {
  // RFC 9110, section 13.1.1: If-Match is false as well where there is nothing to match.
  if (conditions.match !== undefined) return new Problem("precondition_failed");
  const excludes_some = conditions.none_match !== undefined && conditions.none_match.length > 0;
  const exists = excludes_some && await readCv(database, user_id) !== null;
  return new Problem(exists ? "precondition_failed" : "profile_not_found");
}

/** Lets a client keep a CV and ask whether it changed. A proxy that compresses would weaken the tag. */
function versionHeaders(cv: Profile): Record<string, string> {
  return { etag: etagOf(cv), "cache-control": "private, no-cache, no-transform" };
}

export default createProfile(settings);
