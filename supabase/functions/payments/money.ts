import * as z from "zod";

/** A currency, as ISO 4217 has it and in lower case. */
export const Currency = z.string().regex(/^[a-z]{3}$/, "A currency of ISO 4217, lower case");

/** An amount of money that is paid or given back. */
export const AmountMinor = z.int().min(1).max(2_147_483_647).describe("In the smallest unit of the currency");
