import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EpochOrder } from "../../src/core/random/data-order.ts";
import { TorchGenerator } from "../../src/core/random/torch.ts";

type Draw =
  | { method: "rand" | "randperm"; arguments: [n: number]; value: number[] }
  | { method: "uniform"; arguments: [n: number, low: number, high: number]; value: number[] }
  | { method: "normal"; arguments: [n: number, mean: number, std: number]; value: number[] }
  | { method: "random64"; arguments: []; value: string };

interface Goldens {
  sequences: { seed: string; draws: Draw[] }[];
  linear: { weightHead: number[]; weightTail: number[]; bias: number[] };
  loaders: { rows: number; seed: number; epochs: number[][] }[];
}

const goldens = JSON.parse(
  readFileSync(new URL("../fixtures/random/torch.json", import.meta.url), "utf8"),
) as Goldens;

describe("TorchGenerator", () => {
  it.each(goldens.sequences)("draws what torch draws, kind after kind: seed $seed", ({ seed, draws }) => {
    const generator = new TorchGenerator(BigInt(seed));
    for (const draw of draws) {
      if (draw.method === "random64") {
        expect(generator.random64()).toBe(BigInt(draw.value));
      } else if (draw.method === "normal") {
        const [n, mean, std] = draw.arguments;
        const values = generator.normal(n, mean, std);
        expect(values.length).toBe(n);
        values.forEach((value, i) => {
          expect(Math.abs(value - draw.value[i]!)).toBeLessThanOrEqual(2e-6 * std + 1e-7 * Math.abs(mean));
        });
      } else if (draw.method === "uniform") {
        expect([...generator.uniform(...draw.arguments)]).toEqual(draw.value);
      } else {
        expect([...generator[draw.method](draw.arguments[0])]).toEqual(draw.value);
      }
    }
  });

  it("initialises nn.Linear(768, 4) as torch does", () => {
    const generator = new TorchGenerator(42);
    const bound = 1 / Math.sqrt(768);
    const weight = generator.uniform(4 * 768, -bound, bound);
    expect([...weight.slice(0, 8)]).toEqual(goldens.linear.weightHead);
    expect([...weight.slice(-8)]).toEqual(goldens.linear.weightTail);
    expect([...generator.uniform(4, -bound, bound)]).toEqual(goldens.linear.bias);
  });
});

describe("EpochOrder", () => {
  it.each(goldens.loaders)("is DataLoader's order: $rows rows, seed $seed", ({ rows, seed, epochs }) => {
    const order = new EpochOrder(rows, seed);
    // An epoch of a loader that drops its last batch is a prefix.
    epochs.forEach((expected, epoch) => {
      expect([...order.epoch(epoch)].slice(0, expected.length)).toEqual(expected);
    });
  });

  it("gives any epoch on its own", () => {
    const order = new EpochOrder(37, 42);
    const last = order.epoch(3);
    expect(order.epoch(1)).toEqual(new EpochOrder(37, 42).epoch(1));
    expect(new EpochOrder(37, 42).epoch(3)).toEqual(last);
  });
});
