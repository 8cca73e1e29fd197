import { expect, test } from "vitest";
import { countCharacters, countWords } from "../../src/core/text/words.ts";
import { golden } from "../profiling/fixtures.ts";

const { words } = golden<{ words: { text: string; characters: number; words: number }[] }>("golden.json");

test.each(words)("Python counts $characters characters and $words words in $text", (wanted) => {
  expect(countCharacters(wanted.text)).toBe(wanted.characters);
  expect(countWords(wanted.text)).toBe(wanted.words);
});

test("no text", () => {
  expect(countCharacters("")).toBe(0);
  expect(countWords("")).toBe(0);
});
