import * as z from "zod";
import { JsonObject } from "../_shared/body.ts";
import { Time } from "../_shared/time.ts";

/** Body of POST and PUT /profile. */
export const SaveProfile = z.strictObject({
  profile_data: JsonObject.describe(
    "The CV: any JSON object, at most 64 levels deep. The whole body has at most 256 KiB.",
  ),
});

/** A stored CV. */
export const Profile = z.object({
  user_id: z.uuid(),
  profile_data: z.record(z.string(), z.unknown()).describe("The CV as it was sent, key order aside"),
  created_at: Time,
  updated_at: Time.describe("Also the version behind the ETag"),
});
export type Profile = z.infer<typeof Profile>;
