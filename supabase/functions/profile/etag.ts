import type { Profile } from "./schema.ts";

/** The strong entity tag of a CV: its version, `updated_at` in milliseconds. */
export function etagOf(cv: Profile): string {
  return `"${Date.parse(cv.updated_at)}"`;
}

/**
 * The versions an `If-Match` header names, as timestamps; undefined where any will do.
 * Weak and foreign tags match nothing (RFC 9110, section 13.1.1).
 */
export function versionsOf(if_match: string | undefined): string[] | undefined {
  if (if_match === undefined || if_match.trim() === "*") return undefined;
  return [...if_match.matchAll(/(?<!W\/)"(\d{1,13})"/g)].map(([, ms]) => new Date(Number(ms)).toISOString());
}
