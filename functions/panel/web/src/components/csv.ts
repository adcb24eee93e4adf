// CSV for spreadsheets (RFC 4180), in which no text from a tenant is taken for a formula.

/**
 * A spreadsheet takes a cell that begins with one of these characters (half or full width) for a formula. If it splits cells at
 * `;`, TAB or line breaks, so it does after those, with any blanks or quotes between: https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /[=+\-@＝＋－＠](?<=(?:^|[;\t\r\n])[\s"]*.)/g;

/** A header and rows as CSV, with the byte order mark that tells spreadsheets it is UTF-8. */
export function csv(header: readonly string[], rows: readonly (readonly (string | number | null | undefined)[])[]): string {
  const lines = [header, ...rows].map((row) => row.map(cell).join(","));
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

function cell(value: string | number | null | undefined): string {
  const text = typeof value === "string" ? value.replace(FORMULA, "'$&") : (value ?? "");
  return `"${String(text).replaceAll('"', '""')}"`;
}
