import { describe, expect, test } from "vitest";
import { addDims, multiplyDims, symbol } from "../../src/core/engine/dimension.ts";
import { Program } from "../../src/core/engine/program.ts";
import { input, reachable } from "../../src/core/engine/tensor.ts";
import { disentangledScores } from "../../src/core/nn/disentangled-attention.ts";
import { TorchGenerator } from "../../src/core/random/torch.ts";

const [batch, heads, size] = [2, 3, 4];
const length = symbol("length");
const distances = addDims(multiplyDims(length, 2), -1);

/** The scores of every query, and of the first alone, from graphs that serve any length. */
function trace({ c2p, p2c }: { c2p: boolean; p2c: boolean }) {
  const query = input("query", "float32", [batch, heads, length, size]);
  const key = input("key", "float32", [batch, heads, length, size]);
  const firstQuery = input("first_query", "float32", [batch, heads, 1, size]);
  const distance = (name: string, rows: typeof distances) => input(name, "float32", [rows, heads * size]);
  return {
    all: disentangledScores({
      query,
      key,
      distanceKey: c2p ? distance("distance_key", distances) : undefined,
      distanceQuery: p2c ? distance("distance_query", distances) : undefined,
    }),
    first: disentangledScores({
      query: firstQuery,
      key,
      distanceKey: c2p ? distance("first_distance_key", length) : undefined,
      distanceQuery: p2c ? distance("first_distance_query", length) : undefined,
    }),
  };
}

/** The paper's sum, element by element. */
function expectedScores(
  n: number,
  feeds: Record<string, Float32Array>,
  c2p: boolean,
  p2c: boolean,
): number[] {
  const { query, key, distance_key: keys, distance_query: queries } = feeds;
  const scores: number[] = [];
  const dot = (a: Float32Array, i: number, b: Float32Array, j: number) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += a[i + k]! * b[j + k]!;
    return sum;
  };
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          const at = (position: number) => ((b * heads + h) * n + position) * size;
          const distance = ((j - i + n - 1) * heads + h) * size;
          let score = dot(query!, at(i), key!, at(j));
          if (c2p) score += dot(query!, at(i), keys!, distance);
          if (p2c) score += dot(key!, at(j), queries!, distance);
          scores.push(score / Math.sqrt(size * (1 + Number(c2p) + Number(p2c))));
        }
      }
    }
  }
  return scores;
}

function makeFeeds(n: number): Record<string, Float32Array> {
  const random = new TorchGenerator(3);
  const query = random.uniform(batch * heads * n * size, -1, 1);
  const firstQuery = Float32Array.from({ length: batch * heads * size }, (_, i) => {
    const head = Math.floor(i / size);
    return query[head * n * size + (i % size)]!;
  });
  const distanceKey = random.uniform((2 * n - 1) * heads * size, -1, 1);
  const distanceQuery = random.uniform((2 * n - 1) * heads * size, -1, 1);
  const ahead = (n - 1) * heads * size;
  return {
    query,
    key: random.uniform(batch * heads * n * size, -1, 1),
    first_query: firstQuery,
    distance_key: distanceKey,
    distance_query: distanceQuery,
    first_distance_key: distanceKey.subarray(ahead),
    first_distance_query: distanceQuery.subarray(ahead),
  };
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5);
}

describe.each([
  { c2p: true, p2c: true },
  { c2p: true, p2c: false },
  { c2p: false, p2c: true },
])("disentangled scores, c2p $c2p, p2c $p2c", (terms) => {
  test.each([1, 2, 5, 16])("equal the paper's sum at length %i", async (n) => {
    const { all, first } = trace(terms);
    const program = await Program.compile({ all, first });
    const feeds = makeFeeds(n);
    const result = await program.run({ length: n }, feeds);
    const expected = expectedScores(n, feeds, terms.c2p, terms.p2c);
    expectClose(result.all as Float32Array, expected);
    const firstRows = expected.filter((_, i) => Math.floor(i / n) % n === 0);
    expectClose(result.first as Float32Array, firstRows);
    await program.release();
  });
});

test("neither gathers nor scatters over pairs of positions", () => {
  const { all } = trace({ c2p: true, p2c: true });
  const gathered = reachable([all]).filter(
    ({ source }) => source.kind === "operator" && /Gather|Scatter/.test(source.node.op),
  );
  expect(gathered.map(({ shape }) => shape.length)).toEqual([2]); // the distances' own rows
});
