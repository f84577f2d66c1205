import type { JsonObject } from "../_shared/body.ts";
import { type DatabaseClient, unwrap } from "../_shared/clients.ts";
import type { User } from "../_shared/identity.ts";
import type { Profile } from "./schema.ts";

// Each function takes a client that acts as the user, under row level security: this domain needs no secret key.
const columns = "user_id, profile_data, created_at, updated_at";

/** The user's CV, or null. */
export async function readCv(database: DatabaseClient, user: User): Promise<Profile | null> {
  const query = database.from("profiles").select(columns).eq("user_id", user.id);
  return unwrap(await query.maybeSingle());
}

/** Creates the user's CV, or replaces it. */
export async function saveCv(database: DatabaseClient, user: User, profile_data: JsonObject): Promise<Profile> {
  const row = { user_id: user.id, profile_data: profile_data };
  const query = database.from("profiles").upsert(row, { onConflict: "user_id" }).select(columns);
  return unwrap(await query.single());
}

/**
 * Replaces the user's CV where there is one, at one of the given versions if any are
 * given. Null where nothing was replaced.
 */
export async function updateCv(
  database: DatabaseClient,
  user: User,
  profile_data: JsonObject,
  versions?: string[],
): Promise<Profile | null> {
  if (versions?.length === 0) return null;
  let query = database.from("profiles").update({ profile_data: profile_data }).eq("user_id", user.id);
  if (versions !== undefined) query = query.in("updated_at", versions);
  return unwrap(await query.select(columns).maybeSingle());
}

/** Removes the user's CV. False where there was none. */
export async function deleteCv(database: DatabaseClient, user: User): Promise<boolean> {
  const query = database.from("profiles").delete().eq("user_id", user.id).select("user_id");
  return unwrap(await query).length > 0;
}
