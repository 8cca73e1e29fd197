import { expect } from "vitest";
import { elementCount } from "../../src/core/engine/dimension.ts";
import { gradients } from "../../src/core/engine/gradient.ts";
import * as op from "../../src/core/engine/operators/index.ts";
import { Program } from "../../src/core/engine/program.ts";
import { input, type Tensor, type TensorData } from "../../src/core/engine/tensor.ts";
import { TorchGenerator } from "../../src/core/random/torch.ts";

/** An operator under test: float inputs of fixed shapes, and the traced result. */
export interface GradientCase {
  shapes: readonly (readonly number[])[];
  compute: (a: Tensor, b: Tensor, c: Tensor) => Tensor;
  /** Range of the random inputs. @default [-1.5, 1.5] */
  range?: readonly [number, number];
  feeds?: Record<string, TensorData>;
  sizes?: Record<string, number>;
}

/**
 * Compares the traced gradient of a random projection of the operator's result with finite differences in random
 * directions: fourth-order central differences, whose error in float32 is far below the tolerance.
 */
export async function checkGradient(check: GradientCase): Promise<void> {
  const { shapes, compute, range = [-1.5, 1.5], feeds: extra = {}, sizes = {} } = check;
  const random = new TorchGenerator(7);
  const tensors = shapes.map((shape, i) => input(`x${i}`, "float32", shape));
  const result = compute(tensors[0]!, tensors[1]!, tensors[2]!);
  const weights = op.reshape(pseudoWeights(result), result.shape);
  const loss = op.reduceSum(op.multiply(result, weights));
  const derivatives = gradients(loss, tensors);
  const forward = await Program.compile({ loss });
  const backward = await Program.compile<string>({
    loss,
    ...Object.fromEntries(derivatives.map((d, i) => [`d${i}`, d])),
  });

  const values = shapes.map((shape) => random.uniform(count(shape), range[0], range[1]));
  const feed = (data: readonly Float32Array[]) => ({
    ...extra,
    ...Object.fromEntries(data.map((v, i) => [`x${i}`, v])),
  });
  const computed = await backward.run(sizes, feed(values));

  for (const [i, shape] of shapes.entries()) {
    const gradient = computed[`d${i}`] as Float32Array;
    expect(gradient.length).toBe(count(shape));
    for (let trial = 0; trial < 3; trial++) {
      const direction = random.uniform(count(shape), -1, 1);
      const at = async (h: number): Promise<number> => {
        const moved = values.map((v, j) => (j === i ? v.map((x, k) => x + h * direction[k]!) : v));
        return Number((await forward.run(sizes, feed(moved))).loss[0]);
      };
      const h = 0.02;
      const numeric =
        (8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
      const exact = gradient.reduce((sum, g, k) => sum + g * direction[k]!, 0);
      const scale = Math.hypot(...gradient) * Math.hypot(...direction) + 1e-3;
      expect(Math.abs(exact - numeric) / scale, `input ${i}: ${exact} against ${numeric}`).toBeLessThan(2e-3);
    }
  }
  await forward.release();
  await backward.release();
}

/** Fixed weights in (0.5, 1.5), different for every element, whatever the result's (symbolic) size. */
function pseudoWeights(result: Tensor): Tensor {
  const index = op.cast(op.range(elementCount(result.shape)), "float32");
  return op.add(op.sigmoid(op.multiply(op.subtract(op.multiply(index, 0.37), 2), 1)), 0.5);
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
