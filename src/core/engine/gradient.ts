import { add } from "./operators/elementwise.ts";
import { constant, reachable, scoped, type Tensor } from "./tensor.ts";

/**
 * Reverse-mode differentiation: traces d`loss`/d`target` for each target and returns them in the targets' order.
 * A target may be any tensor on the way to the loss, not only an input, which is how a training step asks for the
 * gradient of the looked-up embedding rows instead of that of the whole table. Nothing below the targets is
 * differentiated.
 *
 * @param loss A scalar.
 * @throws RangeError if the loss is not a scalar, does not depend on a target, or passes through an operator that
 * has no gradient.
 */
export function gradients(loss: Tensor, targets: readonly Tensor[]): Tensor[] {
  if (loss.rank !== 0) throw new RangeError(`a gradient needs a scalar loss, not ${loss}`);
  const wanted = new Set(targets);
  const order = reachable([loss]);

  // Only what lies between a target and the loss gets a gradient.
  const active = new Set<Tensor>();
  for (const tensor of order) {
    if (wanted.has(tensor)) active.add(tensor);
    else if (tensor.source.kind === "operator" && tensor.source.node.inputs.some((x) => x && active.has(x))) {
      active.add(tensor);
    }
  }

  const total = new Map<Tensor, Tensor>([[loss, constant(1, loss.dtype)]]);
  scoped("gradient", () => {
    for (const tensor of order.reverse()) {
      const dy = total.get(tensor);
      if (!dy || !active.has(tensor) || tensor.source.kind !== "operator") continue;
      const { node, output } = tensor.source;
      if (!node.inputs.some((x) => x && active.has(x))) continue;
      if (!node.gradient || output !== 0)
        throw new RangeError(`${node.op} has no gradient (output ${output})`);
      const gradient = node.gradient;
      const contributions = scoped(node.scope, () => gradient(dy));
      for (const [i, source] of node.inputs.entries()) {
        const contribution = contributions[i];
        if (!source || !active.has(source) || !contribution) continue;
        const before = total.get(source);
        total.set(source, before ? add(before, contribution) : contribution);
      }
    }
  });

  return targets.map((target) => {
    const gradient = total.get(target);
    if (!gradient) throw new RangeError(`the loss does not depend on ${target}`);
    return gradient;
  });
}
