import { elementCount } from "../dimension.ts";
import { constant, type Tensor, trace } from "../tensor.ts";
import { cast, equal } from "./elementwise.ts";
import { expand, range, reshape } from "./shape.ts";

/**
 * Rows of a table: result[…, :] = table[indices[…], :].
 *
 * The gradient of the table is dense, [rows, size]. A training step over a large vocabulary asks for the gradient
 * of the *result* instead and scatters it outside the graph, in proportion to the tokens of the batch.
 *
 * @param table [rows, size]
 * @param indices Any shape, int32, each in 0 … rows − 1.
 */
export function lookup(table: Tensor, indices: Tensor): Tensor {
  const size = table.dim(1);
  return trace("Gather", [table, indices], {
    shape: [...indices.shape, size],
    attributes: { axis: 0 },
    gradient: (dy) => {
      const count = elementCount(indices.shape);
      const zeros = expand(constant(0, table.dtype), table.shape);
      return [scatterAdd(zeros, reshape(indices, [count, 1]), reshape(dy, [count, size])), undefined];
    },
  });
}

/** target[rows[i], :] += updates[i, :]; no gradient. */
function scatterAdd(target: Tensor, rows: Tensor, updates: Tensor): Tensor {
  return trace("ScatterND", [target, cast(rows, "int64"), updates], {
    shape: target.shape,
    attributes: { reduction: "add" },
  });
}

/** 1 where the last axis' index equals the class, else 0: [n] int32 → [n, classes] float32. No gradient. */
export function oneHot(classes: Tensor, count: number): Tensor {
  return cast(equal(reshape(classes, [...classes.shape, 1]), range(count)), "float32");
}

/** Running sum along the last axis, of integers; no gradient. */
export function cumulativeSum(x: Tensor): Tensor {
  return trace("CumSum", [x, constant(x.rank - 1, "int32")], { shape: x.shape });
}
