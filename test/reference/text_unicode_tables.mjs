// Reads what tokenizers' normalizers make of every code point (standard input), writes the ranges of those that this
// JavaScript engine normalizes in another way. Started by text_unicode_tables.py.
import { readFileSync } from "node:fs";

const changed = JSON.parse(readFileSync(0, "utf8"));
const different = new Set();
for (const [form, results] of Object.entries(changed)) {
  for (const [code, expected] of Object.entries(results)) {
    const character = String.fromCodePoint(code);
    if (`\u0345${character}\u0334\u0301`.normalize(form) === expected) continue;
    different.add(Number(code));
    // What it is composed of stays as it is, too.
    const first = character.normalize("NFD").codePointAt(0);
    if (first > 0x10000) different.add(first);
  }
}
const ranges = [];
for (const code of [...different].sort((a, b) => a - b)) {
  if (ranges.at(-1)?.[1] === code - 1) ranges.at(-1)[1] = code;
  else ranges.push([code, code]);
}
const hex = (code) => code.toString(16);
console.log(ranges.map(([a, b]) => (a === b ? hex(a) : `${hex(a)}-${hex(b)}`)).join(" "));
