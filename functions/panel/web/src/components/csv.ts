// Tables as text for spreadsheets (RFC 4180), in which nothing that a tenant wrote is taken for a formula.

/**
 * A spreadsheet would calculate what begins so, in either width; and where it parts cells at `;`, TAB or lines, also what is behind
 * those, whatever blanks or quotes are between: https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /[=+\-@＝＋－＠](?<=(?:^|[;\t\r\n])[\s"]*.)/g;

/** A header and rows as CSV, with the mark by which spreadsheets know UTF-8. */
export function csv(header: readonly string[], rows: readonly (readonly (string | number | null | undefined)[])[]): string {
  const lines = [header, ...rows].map((row) => row.map(cell).join(","));
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

function cell(value: string | number | null | undefined): string {
  const text = typeof value === "string" ? value.replace(FORMULA, "'$&") : (value ?? "");
  return `"${String(text).replaceAll('"', '""')}"`;
}
