import * as z from "zod";

/**
 * A point in time as Postgres takes it too: ISO 8601 with a time zone, from the year 1 on, at most 9 digits of a second,
 * and at most 15:59 hours from UTC.
 */
export const Time = z.iso.datetime({ offset: true })
  .refine((time) => !time.startsWith("0000"), "The year 0000 does not exist")
  .refine((time) => !/\.\d{10}/.test(time), "At most 9 digits of a second")
  .refine((time) => !/[+-](?:1[6-9]|2\d):\d\d$/.test(time), "At most 15:59 hours from UTC");
