import { ModelError } from "../../errors.ts";
import { type CharacterSet, isPatternWord, isUnassigned, isWhiteSpace } from "../characters.ts";

/** General categories, and long names of theirs that Oniguruma takes, in lower case without separators. */
const CATEGORIES: Record<string, string> = {
  letter: "L",
  uppercaseletter: "Lu",
  lowercaseletter: "Ll",
  titlecaseletter: "Lt",
  modifierletter: "Lm",
  otherletter: "Lo",
  mark: "M",
  nonspacingmark: "Mn",
  spacingmark: "Mc",
  enclosingmark: "Me",
  number: "N",
  decimalnumber: "Nd",
  letternumber: "Nl",
  othernumber: "No",
  punctuation: "P",
  connectorpunctuation: "Pc",
  dashpunctuation: "Pd",
  openpunctuation: "Ps",
  closepunctuation: "Pe",
  initialpunctuation: "Pi",
  finalpunctuation: "Pf",
  otherpunctuation: "Po",
  symbol: "S",
  mathsymbol: "Sm",
  currencysymbol: "Sc",
  modifiersymbol: "Sk",
  othersymbol: "So",
  separator: "Z",
  spaceseparator: "Zs",
  lineseparator: "Zl",
  paragraphseparator: "Zp",
  control: "Cc",
  format: "Cf",
  privateuse: "Co",
};
for (const short of Object.values(CATEGORIES)) CATEGORIES[short.toLowerCase()] = short;

/** Scripts whose characters are the engine's, but for later ones. */
const SCRIPTS = [
  ..."Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul".split(
    " ",
  ),
  ..."Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Oriya Sinhala Tamil Telugu".split(
    " ",
  ),
  ..."Thai Tibetan".split(" "),
];
const PROPERTIES = new Map<string, string>([
  ...Object.entries(CATEGORIES),
  ...SCRIPTS.map((name) => [name.toLowerCase(), `Script=${name}`] as const),
]);

export const isLineFeed: CharacterSet = (code) => code === 0x0a;
export const isDigit = property("Nd");
export const isHexDigit: CharacterSet = (code) =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);

/** Raised digits and fractions of Latin-1: words for `\w`, but not for `[\w]`. */
const isLatinNumber: CharacterSet = (code) =>
  code === 0xb2 || code === 0xb3 || code === 0xb9 || (code >= 0xbc && code <= 0xbe);

/** The sets of `\d`, `\h`, `\s` and `\w`; of the capitals, what is not in them. */
export function shorthand(letter: string, isInClass: boolean): CharacterSet | undefined {
  const sets: Record<string, CharacterSet> = {
    d: isDigit,
    h: isHexDigit,
    s: isWhiteSpace,
    w: isInClass ? (code) => isPatternWord(code) && !isLatinNumber(code) : isPatternWord,
  };
  const set = sets[letter.toLowerCase()];
  return set && letter !== letter.toLowerCase() ? not(set) : set;
}

export function not(set: CharacterSet): CharacterSet {
  return (code) => !set(code);
}

/**
 * The set of `\p{NAME}`.
 *
 * @throws ModelError if textune doesn't know the property.
 */
export function namedSet(name: string): CharacterSet {
  const plain = name.toLowerCase().replace(/[\s_-]/g, "");
  if (plain === "space" || plain === "whitespace") return isWhiteSpace;
  if (plain === "cn" || plain === "unassigned") return isUnassigned;
  if (plain === "c" || plain === "other") return isOther;
  if (plain === "word") return isPatternWord;
  const known = PROPERTIES.get(plain);
  if (!known) throw new ModelError(`the property \\p{${name}} is not supported`);
  return property(known);
}

/**
 * What the engine's own tables say, but for characters that they know and Oniguruma's, of Unicode 16, do not; and
 * U+0295, a lowercase letter until Unicode 16.
 */
function property(name: string): CharacterSet {
  const expression = new RegExp(`^\\p{${name}}$`, "u");
  // 0 is not asked yet.
  const known = new Uint8Array(0x10000);
  const ask = (code: number) => {
    if (code === 0x295 && (name === "Ll" || name === "Lo")) return name === "Ll";
    return expression.test(String.fromCodePoint(code)) && !isUnassigned(code);
  };
  return (code) => {
    if (code > 0xffff) return ask(code);
    if (known[code] === 0) known[code] = ask(code) ? 1 : 2;
    return known[code] === 1;
  };
}

const isControl = property("Cc");
const isFormat = property("Cf");
const isPrivate = property("Co");
const isOther: CharacterSet = (code) =>
  isUnassigned(code) || isControl(code) || isFormat(code) || isPrivate(code);

/** Remembers what a set says of the characters that most texts consist of. */
export function remembered(set: CharacterSet): CharacterSet {
  const known = new Uint8Array(0x3000);
  return (code) => {
    if (code >= known.length) return set(code);
    if (known[code] === 0) known[code] = set(code) ? 1 : 2;
    return known[code] === 1;
  };
}
