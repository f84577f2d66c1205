/** The table of limits of docs/api.md, to be compared with the code. */
import assert from "node:assert/strict";
import { section, tableRows } from "./pages.ts";

/** One row of the table. */
export interface Limit {
  /** What it is a limit of. */
  name: string;
  /** The smallest value that is accepted, if the row names one. */
  min: number | undefined;
  max: number;
  /** What counts if the value is left out, if the row names one. */
  left_out: number | undefined;
}

/** The rows of the table. KiB are read as bytes. */
export function readLimits(): Limit[] {
  return tableRows(section("docs/api.md", "Limits")).map(([name, cell]) => {
    const [, min, max, unit] = /^(?:([\d,]*\d) to )?([\d,]*\d)( KiB)?/.exec(cell!)!;
    const [, left_out] = /, ([\d,]*\d) if left out/.exec(cell!) ?? [];
    return {
      name: name!.replaceAll("`", ""),
      min: min === undefined ? undefined : number(min),
      max: number(max!) * (unit === undefined ? 1 : 1024),
      left_out: left_out === undefined ? undefined : number(left_out),
    };
  });
}

/** Requires that what a row of the table allows is accepted, and that one more or one less is not. */
export async function requireLimit(
  { name, min, max }: Limit,
  accepts: (value: number) => boolean | Promise<boolean>,
): Promise<void> {
  assert.ok(await accepts(max), `${name}: ${max} is refused`);
  assert.ok(!await accepts(max + 1), `${name}: ${max + 1} is accepted`);
  if (min === undefined) return;
  assert.ok(await accepts(min), `${name}: ${min} is refused`);
  assert.ok(!await accepts(min - 1), `${name}: ${min - 1} is accepted`);
}

/** The limits that the database sets: tests/live/limits_test.ts fills it to them. */
export const limits_of_database = [
  "a balance, with what is held",
  "open holds of an account",
  "pending purchases of an account",
  "sessions of a user",
  "looks and actions of a member of staff in an hour",
  "metadata as stored",
  "a CV as stored",
  "levels of a CV",
];

const number = (text: string) => Number(text.replaceAll(",", ""));
