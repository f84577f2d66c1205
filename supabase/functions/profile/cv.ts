import type { JsonObject } from "../_shared/body.ts";
import { type DatabaseClient, type Meanings, unwrap } from "../_shared/clients.ts";
import { validationFailed } from "../_shared/problem.ts";
import type { Conditions } from "./conditions.ts";
import type { Profile } from "./schema.ts";

// Each function takes a client that acts as the user, under row level security: this domain needs no secret key.
const columns = "user_id, profile_data, created_at, updated_at";

/** The table has limits of its own, in bytes and levels as stored. */
const meanings: Meanings = {
  "23514": () => validationFailed([{ path: "profile_data", message: "Larger or deeper than a stored CV may be" }]),
};

/** The user's CV, or null. */
export async function readCv(database: DatabaseClient, user_id: string): Promise<Profile | null> {
  return unwrap(await database.from("profiles").select(columns).eq("user_id", user_id).maybeSingle());
}

/** Creates the user's CV, or replaces it. 401 `session_ended`. */
export async function saveCv(database: DatabaseClient, user_id: string, profile_data: JsonObject): Promise<Profile> {
  const query = database.from("profiles").upsert({ user_id, profile_data }, { onConflict: "user_id" });
  return unwrap(await query.select(columns).single(), meanings);
}

/** Creates the user's CV. Null where there is one already. 401 `session_ended`. */
export async function createCv(
  database: DatabaseClient,
  user_id: string,
  profile_data: JsonObject,
): Promise<Profile | null> {
  const query = database.from("profiles")
    .upsert({ user_id, profile_data }, { onConflict: "user_id", ignoreDuplicates: true });
  return unwrap(await query.select(columns).maybeSingle(), meanings);
}

/**
 * Replaces the user's CV where there is one and the conditions hold for it, in one statement.
 * Null where nothing was replaced. 401 `session_ended`.
 */
export async function replaceCv(
  database: DatabaseClient,
  user_id: string,
  profile_data: JsonObject,
  conditions: Conditions,
): Promise<Profile | null> {
  const filters = filtersOf(conditions);
  if (filters === null) return null;
  let query = database.from("profiles").update({ profile_data }).eq("user_id", user_id);
  for (const [operator, versions] of filters) query = query.filter("updated_at", operator, versions);
  return unwrap(await query.select(columns).maybeSingle(), meanings);
}

/**
 * Removes the user's CV where there is one and the conditions hold for it, in one statement.
 * False where nothing was removed. 401 `session_ended`.
 */
export async function deleteCv(database: DatabaseClient, user_id: string, conditions: Conditions): Promise<boolean> {
  const filters = filtersOf(conditions);
  if (filters === null) return false;
  let query = database.from("profiles").delete().eq("user_id", user_id);
  for (const [operator, versions] of filters) query = query.filter("updated_at", operator, versions);
  return unwrap(await query.select("user_id")).length > 0;
}

/** Conditions on a CV that exists as filters of its version; null where no version can pass. */
function filtersOf({ match, none_match }: Conditions): [operator: string, versions: string][] | null {
  if (none_match === "any" || match?.length === 0) return null;
  const filters: [string, string][] = [];
  if (match !== undefined && match !== "any") filters.push(["in", `(${match.join(",")})`]);
  if (none_match !== undefined && none_match.length > 0) filters.push(["not.in", `(${none_match.join(",")})`]);
  return filters;
}
