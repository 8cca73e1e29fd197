import { describe, expect, test } from "vitest";
import { gradients } from "../../src/core/engine/gradient.ts";
import { Program } from "../../src/core/engine/program.ts";
import { input, type Tensor, type TensorData } from "../../src/core/engine/tensor.ts";
import { binaryCrossEntropy, type CrossEntropyOptions, crossEntropy } from "../../src/core/nn/losses.ts";
import { largestDifference, readTrainingGolden } from "./golden.ts";

interface Expected {
  loss: number;
  gradient: number[][];
}

interface Losses {
  logits: number[][];
  labels: number[];
  crossEntropy: (Expected & { labelSmoothing: number; classWeights: number[] | null })[];
  binary: Expected & { targets: number[][] };
  binaryWeighted: Expected & { positiveWeights: number[] };
  extreme: {
    logits: number[][];
    labels: number[];
    targets: number[][];
    crossEntropy: Expected;
    binary: Expected;
    binaryWeighted: Expected;
  };
}

const golden = readTrainingGolden<Losses>("losses");

/** Loss and gradient of a batch of logits; `target` is the labels or the targets. */
async function differentiate(
  logits: number[][],
  target: { dtype: "int32" | "float32"; shape: number[]; values: TensorData },
  loss: (logits: Tensor, target: Tensor) => Tensor,
) {
  const z = input("logits", "float32", [logits.length, logits[0]!.length]);
  const value = loss(z, input("target", target.dtype, target.shape));
  const program = await Program.compile({ loss: value, gradient: gradients(value, [z])[0]! });
  const feeds = { logits: Float32Array.from(logits.flat()), target: target.values };
  const result = await program.run({}, feeds);
  await program.release();
  return { loss: Number(result.loss[0]), gradient: result.gradient as Float32Array };
}

function withLabels(logits: number[][], labels: number[], options?: CrossEntropyOptions) {
  const target = { dtype: "int32" as const, shape: [labels.length], values: Int32Array.from(labels) };
  return differentiate(logits, target, (z, y) => crossEntropy(z, y, options));
}

function withTargets(logits: number[][], targets: number[][], positiveWeights?: number[]) {
  const shape = [targets.length, targets[0]!.length];
  const values = Float32Array.from(targets.flat());
  return differentiate(logits, { dtype: "float32", shape, values }, (z, y) =>
    binaryCrossEntropy(z, y, positiveWeights),
  );
}

function expectEqual(actual: { loss: number; gradient: Float32Array }, expected: Expected): void {
  expect(Math.abs(actual.loss / expected.loss - 1)).toBeLessThan(1e-6);
  expect(largestDifference(actual.gradient, expected.gradient.flat())).toBeLessThan(1e-6);
}

describe("losses equal PyTorch's", () => {
  test.each(golden.crossEntropy)(
    "cross-entropy, smoothing $labelSmoothing, weights $classWeights",
    async (expected) => {
      const { labelSmoothing, classWeights } = expected;
      const options = { labelSmoothing, classWeights: classWeights ?? undefined };
      expectEqual(await withLabels(golden.logits, golden.labels, options), expected);
    },
  );

  test("binary cross-entropy", async () => {
    expectEqual(await withTargets(golden.logits, golden.binary.targets), golden.binary);
  });

  test("binary cross-entropy, rows weighted where a label applies", async () => {
    const { positiveWeights } = golden.binaryWeighted;
    expectEqual(
      await withTargets(golden.logits, golden.binary.targets, positiveWeights),
      golden.binaryWeighted,
    );
  });

  test("logits whose exponential overflows", async () => {
    const { logits, labels, targets, crossEntropy: expected, binary, binaryWeighted } = golden.extreme;
    expectEqual(await withLabels(logits, labels), expected);
    expectEqual(await withTargets(logits, targets), binary);
    const { positiveWeights } = golden.binaryWeighted;
    expectEqual(await withTargets(logits, targets, positiveWeights), binaryWeighted);
  });
});
