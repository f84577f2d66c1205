/** A list that is read in pages; each row gives the cursor of the rows that follow it. */
interface List<Row, Cursor> {
  /** Reads up to `limit` rows that follow `cursor`, or the first rows where it is undefined. */
  read(cursor: Cursor | undefined, limit: number): Promise<Row[]>;
  cursorOf(row: Row): Cursor;
}

/** Reads one page of up to `limit` rows, and the cursor of the next page: null on the last page. */
export async function readPage<Row, Cursor extends string | number>(
  { read, cursorOf }: List<Row, Cursor>,
  cursor: Cursor | undefined,
  limit: number,
): Promise<{ rows: Row[]; next_cursor: string | null }> {
  const found = await read(cursor, limit + 1);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (last === undefined) return { rows, next_cursor: null };
  const next = cursorOf(last);
  // The REST service may give fewer rows than asked for: a short page is the last one only if nothing follows it.
  const has_more = found.length > limit || (await read(next, 1)).length > 0;
  return { rows, next_cursor: has_more ? String(next) : null };
}
