import { input, type OperatorNode, operator, reachable, scoped, shapeVector, type Tensor } from "./tensor.ts";

/** An operator of the graph that is rewritten, with what its inputs have become. */
export interface RewrittenNode {
  /** As it was traced. */
  readonly node: OperatorNode;
  /** Its inputs in the new graph, in their places. */
  readonly inputs: readonly (Tensor | undefined)[];
  /** What the operator's outputs are in the new graph where no rule says otherwise. */
  readonly copy: (changes?: Partial<Pick<OperatorNode, "domain" | "attributes" | "inputs">>) => Tensor;
}

/** What becomes of the parts of a graph; where a rule gives undefined, a part stays as it is. */
export interface RewriteRules {
  /** The new first output of an operator; further outputs can't be replaced. */
  operator?: (part: RewrittenNode) => Tensor | undefined;
  input?: (tensor: Tensor, name: string) => Tensor | undefined;
  constant?: (tensor: Tensor) => Tensor | undefined;
  /** The element type of what an operator that is copied gives. @default its own */
  dtype?: (tensor: Tensor) => Tensor["dtype"];
}

/**
 * Traces a graph anew, part by part: the way from the graph that was trained to one that computes the same in another
 * precision or with other operators. What the operators do is not differentiated: the new graph has no gradients.
 * Outputs of an operator that nothing reads, such as a layer norm's mean, are left out.
 */
export function rewrite<Name extends string>(
  outputs: Readonly<Record<Name, Tensor>>,
  {
    operator: rule,
    input: inputRule,
    constant: constantRule,
    dtype = (tensor) => tensor.dtype,
  }: RewriteRules,
): Record<Name, Tensor> {
  const order = reachable(Object.values<Tensor>(outputs));
  const read = new Set(order);
  const become = new Map<Tensor, Tensor>();

  const copyOf = (node: OperatorNode, changes: Partial<OperatorNode>): Tensor => {
    const last = node.outputs.findLastIndex((output) => read.has(output));
    const types = node.outputs.slice(0, last + 1).map((x) => ({ dtype: dtype(x), shape: x.shape }));
    const [first, ...extraOutputs] = types;
    const { op, domain, attributes, inputs } = { ...node, ...changes };
    const made = operator(op, inputs, { ...first!, domain, attributes: { ...attributes }, extraOutputs });
    for (const [i, output] of made.entries()) become.set(node.outputs[i]!, output);
    return made[0]!;
  };

  for (const tensor of order) {
    if (become.has(tensor)) continue;
    const { source } = tensor;
    // Sizes are read off inputs that were traced before.
    if (source.kind === "shape") become.set(tensor, shapeVector(source.dims));
    else if (source.kind === "constant") become.set(tensor, constantRule?.(tensor) ?? tensor);
    else if (source.kind === "input") {
      become.set(tensor, inputRule?.(tensor, source.name) ?? input(source.name, tensor.dtype, tensor.shape));
    } else {
      const { node } = source;
      const inputs = node.inputs.map((x) => x && become.get(x)!);
      scoped(node.scope, () => {
        const copy: RewrittenNode["copy"] = (changes = {}) => copyOf(node, { inputs, ...changes });
        const replaced = rule?.({ node, inputs, copy });
        if (replaced) become.set(node.outputs[0]!, replaced);
        else copy();
      });
      if (!become.has(tensor))
        throw new RangeError(`a rule replaced ${node.op}, whose second output is read`);
    }
  }
  return Object.fromEntries(
    Object.entries<Tensor>(outputs).map(([name, tensor]) => [name, become.get(tensor)!]),
  ) as Record<Name, Tensor>;
}
