import { TorchGenerator } from "../../src/core/random/torch.ts";

/** How a Python script made weights that aren't stored, see models_large.py. */
export interface MadeWeights {
  /** Shapes by name. */
  parameters: Record<string, number[]>;
  bound: number;
  firstSeed: number;
}

/** Parameter i of the sorted names is drawn with seed firstSeed + i; weights of layer norms get 1 added. */
export function makeWeights({ parameters, bound, firstSeed }: MadeWeights): Record<string, Float32Array> {
  const weights: Record<string, Float32Array> = {};
  for (const [i, name] of Object.keys(parameters).sort().entries()) {
    const count = parameters[name]!.reduce((a, b) => a * b, 1);
    const values = new TorchGenerator(firstSeed + i).uniform(count, -bound, bound);
    weights[name] = /layer_?norm\.weight$/i.test(name) ? values.map((x) => x + 1) : values;
  }
  return weights;
}
