import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { symbol } from "../../src/core/engine/dimension.ts";
import { gradients } from "../../src/core/engine/gradient.ts";
import { Program } from "../../src/core/engine/program.ts";
import { input, type Tensor, type TensorData } from "../../src/core/engine/tensor.ts";
import { traceLogits } from "../../src/core/models/classifier.ts";
import { encoderInputs } from "../../src/core/models/encoder.ts";
import { encoderFor } from "../../src/core/models/registry.ts";
import { noDropout } from "../../src/core/nn/dropout.ts";
import { crossEntropy } from "../../src/core/nn/losses.ts";
import { Parameters } from "../../src/core/nn/parameters.ts";
import { modelFixtures } from "./golden.ts";
import { type MadeWeights, makeWeights } from "./made-weights.ts";

interface GradientSummary {
  norm: number;
  offset: number;
  values: number[];
  zero: boolean;
}

interface Case {
  input_ids: number[][];
  attention_mask: number[][];
  labels: number[];
  hiddenNorm: number;
  firstToken: number[][];
  lastToken: number[][];
  logits: number[][];
  loss: number;
  gradients?: Record<string, GradientSummary>;
}

interface Golden extends MadeWeights {
  config: unknown;
  samples: Record<string, number[]>;
  cases: Case[];
}

function expectNear(actual: ArrayLike<number>, expected: readonly number[], off: number, what: string): void {
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(actual[i]! - value), `${what} ${i}`).toBeLessThan(off);
  }
}

test.each(["distilbert", "deberta"])(
  "%s in its base size equals transformers",
  { timeout: 300_000 },
  async (name) => {
    const golden = JSON.parse(readFileSync(`${modelFixtures}large/${name}.json`, "utf8")) as Golden;
    const weights = makeWeights(golden);
    for (const [parameter, values] of Object.entries(golden.samples)) {
      expect([...weights[parameter]!.subarray(0, 2)]).toEqual(values);
    }

    const encoder = encoderFor(golden.config);
    const parameters = new Parameters();
    const inputs = encoderInputs();
    const classes = golden.parameters["classifier.bias"]![0]!;
    const design = { encoder, head: "linear", pooling: "cls", outputs: classes } as const;
    const logits = traceLogits(design, parameters, inputs, noDropout);
    const hidden = encoder.encode(parameters.scope(encoder.prefix, "embeddings"), inputs, {
      dropout: noDropout,
      positions: "all",
    });
    const loss = crossEntropy(logits, input("labels", "int32", [symbol("batch")]));
    const list = parameters.list();
    expect(Object.fromEntries(list.map((p) => [p.name, p.shape]))).toEqual(golden.parameters);

    const forward = await Program.compile({ hidden, logits, loss });
    for (const each of golden.cases) {
      const [size, length] = [each.input_ids.length, each.input_ids[0]!.length];
      const result = await forward.run({ batch: size, length }, { ...weights, ...feedsOf(each) });
      const states = result.hidden as Float32Array;
      let squares = 0;
      for (const [row, mask] of each.attention_mask.entries()) {
        const at = (position: number) => (row * length + position) * encoder.hiddenSize;
        const real = mask.lastIndexOf(1) + 1;
        for (const x of states.subarray(at(0), at(real))) squares += x * x;
        expectNear(states.subarray(at(0)), each.firstToken[row]!, 1e-4, `first token of row ${row}`);
        expectNear(states.subarray(at(real) - 8), each.lastToken[row]!, 1e-4, `last token of row ${row}`);
      }
      expect(Math.sqrt(squares) / each.hiddenNorm).toBeCloseTo(1, 5);
      expectNear(result.logits as Float32Array, each.logits.flat(), 1e-4, "logits");
      expect(Number(result.loss[0])).toBeCloseTo(each.loss, 4);
    }
    await forward.release();

    const [differentiated] = golden.cases.filter((each) => each.gradients);
    const derivatives = gradients(
      loss,
      list.map(({ tensor }) => tensor),
    );
    const outputs: Record<string, Tensor> = {};
    for (const [i, derivative] of derivatives.entries()) outputs[`grad.${list[i]!.name}`] = derivative;
    const backward = await Program.compile(outputs);
    const sizes = { batch: differentiated!.input_ids.length, length: differentiated!.input_ids[0]!.length };
    const result = await backward.run(sizes, { ...weights, ...feedsOf(differentiated!) });
    for (const [parameter, { norm, offset, values, zero }] of Object.entries(differentiated!.gradients!)) {
      const actual = result[`grad.${parameter}`] as Float32Array;
      const actualNorm = Math.sqrt(actual.reduce((sum, x) => sum + x * x, 0));
      const tolerance = zero ? 1e-5 : 1e-3;
      expect(Math.abs(actualNorm - norm), parameter).toBeLessThanOrEqual(zero ? tolerance : tolerance * norm);
      const scale = zero ? 1 : Math.hypot(...values);
      expectNear(actual.subarray(offset), values, tolerance * scale, parameter);
    }
    await backward.release();
  },
);

function feedsOf(each: Case): Record<string, TensorData> {
  return {
    input_ids: Int32Array.from(each.input_ids.flat()),
    attention_mask: Int32Array.from(each.attention_mask.flat()),
    labels: Int32Array.from(each.labels),
  };
}
