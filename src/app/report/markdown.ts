import { printableLine } from "../../core/printable.ts";

/** Any text on one line of Markdown, with nothing in it taken as markup. */
export function escapeMarkdown(text: string): string {
  return printableLine(text)
    .replace(/[\\`*_{}[\]|#~$]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** A table; the first column is aligned left, the others right. */
export function markdownTable(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const rule = `|${header.map((_, i) => (i === 0 ? " --- " : " ---: ")).join("|")}|`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}
