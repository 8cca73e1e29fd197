/** The options of `tokenizer.json`'s `Metaspace` pre-tokenizer, by the names they have there. */
export interface MetaspaceOptions {
  /** Stands for a space. @default "▁" */
  replacement?: string;
  /** Whether a text gets a space in front: always, only at the very beginning, or never. @default "always" */
  prepend_scheme?: "always" | "first" | "never";
  /** @default true */
  split?: boolean;
}

/**
 * The words of a text as SentencePiece sees them: spaces become `▁`, which stays in front of its word.
 *
 * @param isFirst whether the text begins the row, no special token before it.
 */
export function metaspaceWords(text: string, options: MetaspaceOptions, isFirst: boolean): string[] {
  const { replacement = "▁", prepend_scheme: scheme = "always", split = true } = options;
  let marked = text.replaceAll(" ", replacement);
  const prepends = scheme === "always" || (scheme === "first" && isFirst);
  if (prepends && !marked.startsWith(replacement)) marked = replacement + marked;
  if (!split) return [marked];
  const words: string[] = [];
  for (let start = 0; start < marked.length; ) {
    const next = marked.indexOf(replacement, start + 1);
    const end = next === -1 ? marked.length : next;
    words.push(marked.slice(start, end));
    start = end;
  }
  return words;
}
