import * as z from "zod";

/**
 * A point in time that Postgres can read: ISO 8601 with an offset of at most 15:59 hours, from the year 1 on, and with
 * at most 9 digits of a second.
 */
export const Time = z.iso.datetime({ offset: true })
  .refine((time) => !time.startsWith("0000"), "The year 0000 does not exist")
  .refine((time) => !/\.\d{10}/.test(time), "At most 9 digits of a second")
  .refine((time) => !/[+-](?:1[6-9]|2\d):\d\d$/.test(time), "At most 15:59 hours from UTC");
