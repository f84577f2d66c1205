import * as z from "zod";

/** A time in ISO 8601 that Postgres can hold: from the year 1 on, at most 15:59 from UTC. */
export const Time = z.iso.datetime({ offset: true })
  .refine((time) => !/^0000|[+-](1[6-9]|2\d):\d\d$/.test(time), "Not a time that the database can hold");
