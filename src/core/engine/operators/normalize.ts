import { elementCount } from "../dimension.ts";
import { operator, type Tensor, trace } from "../tensor.ts";
import { exp, multiply, subtract } from "./elementwise.ts";
import { columnSums } from "./linear.ts";
import { reduceMean, reduceSum } from "./reduce.ts";
import { reshape } from "./shape.ts";

/** exp(x) / Σ exp(x) over the last axis. */
export function softmax(x: Tensor): Tensor {
  const y = trace("Softmax", [x], {
    shape: x.shape,
    attributes: { axis: -1 },
    gradient: (dy) => {
      const weighted = multiply(dy, y);
      return [subtract(weighted, multiply(y, reduceSum(weighted, [-1], { keepDims: true })))];
    },
  });
  return y;
}

/** x − log Σ exp(x) over the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  const y = trace("LogSoftmax", [x], {
    shape: x.shape,
    attributes: { axis: -1 },
    gradient: (dy) => [subtract(dy, multiply(exp(y), reduceSum(dy, [-1], { keepDims: true })))],
  });
  return y;
}

/**
 * (x − mean) / √(variance + epsilon) · weight + bias over the last axis (Ba et al. 2016).
 *
 * @param weight [size of the last axis]
 * @param bias [size of the last axis]
 */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  const rowShape = [...x.shape.slice(0, -1), 1];
  const [y, mean, inverseDeviation] = operator("LayerNormalization", [x, weight, bias], {
    shape: x.shape,
    attributes: { axis: -1, epsilon: { float: epsilon } },
    extraOutputs: [
      { dtype: x.dtype, shape: rowShape },
      { dtype: x.dtype, shape: rowShape },
    ],
    gradient: (dy) => {
      const normal = multiply(subtract(x, mean!), inverseDeviation!);
      const scaled = multiply(dy, weight);
      const shift = reduceMean(scaled, [-1], { keepDims: true });
      const slope = reduceMean(multiply(scaled, normal), [-1], { keepDims: true });
      return [
        multiply(subtract(subtract(scaled, shift), multiply(normal, slope)), inverseDeviation!),
        columnSums(asMatrix(multiply(dy, normal))),
        columnSums(asMatrix(dy)),
      ];
    },
  });
  return y!;
}

/** [..., size] → [n, size] */
function asMatrix(x: Tensor): Tensor {
  return x.rank === 2 ? x : reshape(x, [elementCount(x.shape.slice(0, -1)), x.dim(-1)]);
}
