/** What may stand in a cell. */
export type Cell = string | number | null;

/**
 * One line of a CSV file (RFC 4180), with its line end: numbers bare, null as nothing, every text in quotes.
 *
 * A spreadsheet computes a text that begins with = + - @, their full-width forms, a tab or a line end, and may begin a
 * cell at any line of a text. Such a line gets an apostrophe in front (OWASP, CSV injection). A line that has
 * apostrophes before such a sign gets one more, so that taking one from each of these lines gives the text back.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvLine(cells: Cell[]): string {
  return cells.map(csvCell).join(",") + "\r\n";
}

const start_of_formula = /(?<=^|\n|\r(?!\n))(?='*[=+\-@\t\r\n＝＋－＠])/g;

function csvCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  return `"${value.replaceAll(start_of_formula, "'").replaceAll('"', '""')}"`;
}
