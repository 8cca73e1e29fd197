import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { Interrupted } from "../../src/core/errors.ts";
import { tokenizeRows } from "../../src/core/text/tokenize-rows.ts";
import { loadTokenizer } from "../../src/node/text/tokenizer-folder.ts";

const tokenizer = await loadTokenizer(
  fileURLToPath(new URL("../fixtures/text/bert-uncased", import.meta.url)),
);
const texts = ["the dog", "", "a fox sleeps 😀", "oil prices rose ".repeat(50)];

it("packs rows one after the other", async () => {
  const rows = await tokenizeRows(tokenizer, texts);
  expect(rows.count).toBe(4);
  expect(rows.typeIds).toBeUndefined();
  texts.forEach((text, i) => {
    const { ids, fullLength } = tokenizer.encode(text);
    expect([...rows.ids.slice(rows.offsets[i], rows.offsets[i + 1])]).toEqual(ids);
    expect(rows.fullLengths[i]).toBe(fullLength);
  });
  expect(rows.ids.length).toBe(rows.offsets[4]);
});

it("packs pairs with their types", async () => {
  const rows = await tokenizeRows(tokenizer, [
    ["the dog", "a fox"],
    ["", "sleeps"],
  ]);
  const second = tokenizer.encode("", "sleeps");
  expect([...rows.ids.slice(rows.offsets[1])]).toEqual(second.ids);
  expect([...rows.typeIds!.slice(rows.offsets[1])]).toEqual(second.typeIds);
});

it("truncates, and says what was lost", async () => {
  const rows = await tokenizeRows(tokenizer, texts, { maxLength: 8 });
  const full = texts.map((text) => tokenizer.encode(text).ids.length);
  expect(rows.stats).toEqual({
    tokens: full.reduce((a, b) => a + b),
    unknownTokens: 1,
    truncatedRows: full.filter((length) => length > 8).length,
    truncatedTokens: full.reduce((sum, length) => sum + Math.max(0, length - 8), 0),
  });
  expect([...rows.fullLengths]).toEqual(full);
});

it("accepts no rows", async () => {
  const rows = await tokenizeRows(tokenizer, []);
  expect([rows.count, rows.ids.length, [...rows.offsets]]).toEqual([0, 0, [0]]);
});

it("reports progress, lets the event loop run, and stops when told to", async () => {
  const many = Array.from({ length: 20_000 }, (_, i) => `oil prices rose ${i} times before noon`);
  const progress: number[] = [];
  const stop = new AbortController();
  let ticks = 0;
  const timer = setInterval(() => {
    if (++ticks === 3) stop.abort();
  }, 1);
  const work = tokenizeRows(tokenizer, many, {
    signal: stop.signal,
    onProgress: (done) => progress.push(done),
  });
  await expect(work).rejects.toThrow(Interrupted);
  clearInterval(timer);
  expect(progress.length).toBeGreaterThan(0);
  expect(progress.at(-1)).toBeLessThan(many.length);
});
