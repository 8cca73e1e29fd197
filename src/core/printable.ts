/**
 * What a terminal, a page or a picture would obey, or can't hold, instead of showing it: control characters (tabs and
 * line feeds apart), bidirectional controls, the separators U+2028 and U+2029, halves of surrogate pairs, and the two
 * non-characters that XML forbids. A carriage return is harmless only in front of a line feed.
 */
const unprintable = /\r(?!\n)|[^\P{Cc}\t\n\r]|[\p{Bidi_Control}\u2028\u2029\p{Cs}\ufffe\uffff]/gu;

/**
 * Text of foreign origin (data, class names, file names, answers of the hub), made safe to show: every character that
 * would be obeyed or refused is written as the escape that JavaScript has for it, `\x1b` or `\u202e`.
 *
 * @example
 * printable("\u001b[2Jred"); // "\\x1b[2Jred"
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** `printable` text on one line: white space of any kind is one space. */
export const printableLine = (text: string): string => printable(text.replace(/\s+/g, " ")).trim();

/**
 * JSON that a terminal shows and doesn't obey: signs that `JSON.stringify` leaves raw (DEL, the controls above it,
 * bidirectional controls) are escaped too. It parses to the same value.
 */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
