/** Tables that every spreadsheet reads (RFC 4180), and that none takes for a program. */

export function csvLine(fields: readonly (string | number | null | undefined)[]): string {
  return fields.map(quoted).join(',');
}

/** The same path, but in a form that is no formula: whoever made the file may have chosen its name with care. */
export function inertPath(path: string): string {
  return /^[=+\-@\t\r]/.test(path) ? `./${path}` : path;
}

function quoted(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
