import type { Context } from "hono";
import { validationFailed } from "../_shared/problem.ts";
import type { Profile } from "./schema.ts";

/** Enough for any client, and few enough for the URL of a query. */
const max_tags = 20;

/** The versions that a header names, as times of `updated_at`; "any" for `*`. */
export type Versions = "any" | string[];

/** The conditions of a request on the stored version (RFC 9110, section 13.1); undefined if it has none. */
export interface Conditions {
  /** `If-Match`: there must be a CV, at one of these versions. */
  match: Versions | undefined;
  /** `If-None-Match`: there must be no CV at any of these versions. */
  none_match: Versions | undefined;
}

/** The strong entity tag of a CV: its version, `updated_at` in milliseconds. */
export function etagOf(cv: Profile): string {
  return `"${Date.parse(cv.updated_at)}"`;
}

/** Reads the conditions of a request. 422 where a header is no list of entity tags, or has more than 20. */
export function readConditions(c: Context): Conditions {
  // If-Match compares strongly: a weak tag matches nothing. If-None-Match compares weakly.
  return { match: read(c, "If-Match", false), none_match: read(c, "If-None-Match", true) };
}

/** Whether a version is among those that a condition names. */
export function includes(versions: Versions | undefined, cv: Profile): boolean {
  return versions === "any" || (versions ?? []).includes(new Date(cv.updated_at).toISOString());
}

function read(c: Context, name: string, weak_ones_match: boolean): Versions | undefined {
  const header = c.req.header(name)?.trim();
  if (header === undefined) return undefined;
  if (header === "*") return "any";
  const versions: string[] = [];
  const entity_tag = /[\s,]*(W\/)?"([^"]*)"\s*(?=,|$)/y;
  for (let tags = 0; !/^[\s,]*$/.test(header.slice(entity_tag.lastIndex)); tags++) {
    if (tags === max_tags) throw validationFailed([{ path: name, message: `At most ${max_tags} entity tags` }]);
    const [found, weak, opaque = ""] = entity_tag.exec(header) ?? [];
    if (found === undefined) throw validationFailed([{ path: name, message: "Not a list of entity tags" }]);
    // A tag of another form is none of ours: it matches nothing.
    if (/^\d{1,13}$/.test(opaque) && (weak === undefined || weak_ones_match)) {
      versions.push(new Date(Number(opaque)).toISOString());
    }
  }
  return versions;
}
