import { isUtf8 } from "node:buffer";
import { convert, type HtmlToTextOptions } from "html-to-text";
import PostalMime from "postal-mime";

/** What a person would read of a mail. */
export interface Mail {
  /** Empty where there is none. */
  subject: string;
  /** Plain text; the text of the HTML part where there is no plain one. */
  body: string;
}

const HTML_OPTIONS: HtmlToTextOptions = {
  wordwrap: false,
  selectors: [
    { selector: "a", options: { ignoreHref: true } },
    { selector: "img", format: "skip" },
    ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: "table", options: { uppercaseHeaderCells: false } },
  ],
};

/** A message stored in an mbox file begins with a line that is no header. */
const MBOX_LINE = /^From .*\r?\n/;

const HTML_TAG = /<(?:html|head|body|table|tr|td|font|center|div|span|p|br|b|a)\b[^>]{0,500}>/gi;

/** A line of an attachment that a broken header left undecoded. */
const BASE64_LINE = /^[A-Za-z0-9+/=]{60,}$/gm;

/** U+0080 to U+009F, which mean nothing in text, as Windows-1252 has them: many mails (and Node 20) confuse the two. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/**
 * Parses a raw RFC 5322 message: MIME parts, transfer encodings, character sets, HTML. Headers other than the subject
 * are left out: in a collected corpus they tell where and when a mail was collected, which gives its class away.
 */
export async function parseMail(raw: Uint8Array): Promise<Mail> {
  const email = await PostalMime.parse(toDeclaredCharsets(raw));
  const plain = email.text?.trim() ?? "";
  const isHtmlInDisguise = (plain.match(HTML_TAG)?.length ?? 0) >= 5;
  const html = isHtmlInDisguise ? plain : plain === "" ? email.html : undefined;
  const body = html === undefined ? plain : convert(html, HTML_OPTIONS);
  return { subject: tidy(email.subject ?? ""), body: tidy(body.replace(BASE64_LINE, "")) };
}

/**
 * Mail programs of the time put raw 8-bit text into headers, and into bodies without saying its character set. Both
 * are rewritten as UTF-8, read as the character set that the mail declares elsewhere, else as Windows-1252.
 */
function toDeclaredCharsets(raw: Uint8Array): Uint8Array {
  // Each byte as one character, so that offsets are the same in both.
  const latin1 = Buffer.from(raw).toString("latin1");
  const start = MBOX_LINE.exec(latin1)?.[0].length ?? 0;
  const message = raw.subarray(start);
  if (isUtf8(message)) return message;
  const declared = /charset\s*=\s*"?(?!3D)([\w.:-]+)/i.exec(latin1)?.[1];
  const decoder = decoderFor(declared);
  if (declared === undefined) return Buffer.from(decoder.decode(message));
  const blankLine = /\r?\n\r?\n/.exec(latin1);
  const headerEnd = (blankLine?.index ?? latin1.length) - start;
  const header = message.subarray(0, headerEnd);
  if (isUtf8(header)) return message;
  return Buffer.concat([Buffer.from(decoder.decode(header)), message.subarray(headerEnd)]);
}

function decoderFor(charset = "windows-1252") {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder("windows-1252");
  }
}

/** Runs of spaces become one, runs of empty lines too; Windows' quotes and dashes come out as such. */
function tidy(text: string): string {
  return text
    .replace(/[\u0080-\u009f]/g, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80]!)
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
