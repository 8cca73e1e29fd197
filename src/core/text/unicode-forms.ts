import { setOf } from "./characters.ts";
import { UNNORMALIZED } from "./unicode-ranges.ts";

const isUnnormalized = setOf(UNNORMALIZED);

/** From here on there are characters that are left alone. */
const MAYBE_UNNORMALIZED = /[\u07fd-\uffff]/;

/**
 * A text's normal form as the Rust library's tables, of Unicode 9, have it: newer characters are neither decomposed
 * nor composed nor reordered, and nothing is reordered across them.
 */
export function normalForm(text: string, form: "NFC" | "NFD" | "NFKC" | "NFKD"): string {
  if (!MAYBE_UNNORMALIZED.test(text)) return text.normalize(form);
  let result = "";
  let start = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.codePointAt(i)!;
    const next = i + (code > 0xffff ? 2 : 1);
    if (isUnnormalized(code)) {
      result += text.slice(start, i).normalize(form) + text.slice(i, next);
      start = next;
    }
    i = next;
  }
  return start === 0 ? text.normalize(form) : result + text.slice(start).normalize(form);
}

/** Each character by itself: JavaScript alone gives Σ another form at the end of a word. */
export function lowercase(text: string): string {
  return text.includes("Σ")
    ? text
        .split("Σ")
        .map((part) => part.toLowerCase())
        .join("σ")
    : text.toLowerCase();
}
