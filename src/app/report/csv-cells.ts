/**
 * A cell that a spreadsheet would take for a formula, with an apostrophe before it, which makes it text there. What it
 * begins with may be text of anyone's.
 */
export function unformulated(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

/** In quotes where the cell would otherwise be read as more than one, or lose the spaces around it (RFC 4180). */
export function quoted(cell: string, separator = ","): string {
  const needsQuotes = /["\r\n]|^\s|\s$/.test(cell) || cell.includes(separator);
  return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell;
}
