import type { ClassifierState } from "../../core/classifier/state.ts";
import { symbol } from "../../core/engine/dimension.ts";
import * as op from "../../core/engine/operators/index.ts";
import { portableGraph } from "../../core/engine/portable.ts";
import { constant, input, type Tensor } from "../../core/engine/tensor.ts";
import { traceLogits } from "../../core/models/classifier.ts";
import { noDropout } from "../../core/nn/dropout.ts";
import { Parameters } from "../../core/nn/parameters.ts";

/**
 * A classifier as other tools feed and read it: `input_ids`, `attention_mask` and, where the model tells texts of a
 * pair apart, `token_type_ids`, each [batch, length] int64, and the output `logits` [batch, classes]. A single logit z
 * of two classes is written as the two logits 0 and z, whose softmax is 1 − σ(z) and σ(z).
 */
export function exportGraph({ design }: Pick<ClassifierState, "design">): { logits: Tensor } {
  const shape = [symbol("batch"), symbol("length")];
  const tokens = (name: string) => op.cast(input(name, "int64", shape), "int32");
  const inputs = {
    inputIds: tokens("input_ids"),
    attentionMask: tokens("attention_mask"),
    tokenTypeIds: tokens("token_type_ids"),
  };
  const logits = traceLogits(design, new Parameters(), inputs, noDropout);
  return portableGraph({ logits: design.outputs === 1 ? twoLogits(logits) : logits });
}

/** [batch, 1] → [batch, 2]: 0 and z, as a product with [0 1]. */
function twoLogits(logit: Tensor): Tensor {
  return op.multiply(logit, constant([0, 1], "float32", [1, 2]));
}
