import { expect, test } from "vitest";
import { Samples } from "../../src/core/profiling/samples.ts";

const draw = (seed: number, rows = 3000) => {
  const samples = new Samples(3, seed);
  for (let row = 0; row < rows; row++) samples.add(row % 3 === 0 ? "a" : "b", row, [`text ${row}`]);
  return samples.describe({ type: "string" }, ["a", "b"]);
};

test("draws rows of every class, the same for the same seed", () => {
  const drawn = draw(42);
  expect(drawn.map(({ label, rows }) => [label, rows.length])).toEqual([
    ["a", 3],
    ["b", 3],
  ]);
  for (const { label, rows } of drawn) {
    for (const { row, texts } of rows) {
      expect(row % 3 === 0 ? "a" : "b").toBe(label);
      expect(texts).toEqual([`text ${row}`]);
    }
  }
  expect(draw(42)).toEqual(drawn);
  expect(draw(43)).not.toEqual(drawn);
});

test("draws none where none are asked for", () => {
  const samples = new Samples(0, 42);
  samples.add("a", 0, ["text"]);
  expect(samples.describe({ type: "string" }, ["a"])).toEqual([]);
});

test("draws every row alike often", () => {
  const thirds = [0, 0, 0];
  for (let seed = 0; seed < 400; seed++) {
    for (const { rows } of draw(seed, 90)) for (const { row } of rows) thirds[Math.floor(row / 30)]! += 1;
  }
  // 800 each by expectation, with a standard deviation of 23.
  for (const count of thirds) expect(Math.abs(count - 800)).toBeLessThan(115);
});

test("takes what there is, and rows without a label last", () => {
  const samples = new Samples(3, 1);
  samples.add(null, 0, ["x"]);
  samples.add("a", 1, ["y".repeat(5000)]);
  const drawn = samples.describe({ type: "string" }, ["a"]);
  expect(drawn.map(({ label, rows }) => [label, rows.map(({ row }) => row)])).toEqual([
    ["a", [1]],
    [undefined, [0]],
  ]);
  expect(drawn[0]!.rows[0]!.texts[0]).toHaveLength(2000);
});
