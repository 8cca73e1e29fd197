/**
 * A full fine-tuning step (forward, dropout, backward, clipping, AdamW) of a base-size model with random weights
 * against the machine's matrix-multiply limit and against PyTorch doing the same step, in one run.
 *
 *     npx tsx bench/train-step.ts --arch distilbert --batch 16 --length 128 [--python VENV/bin/python]
 */

import { initializeWeights } from "../src/core/models/checkpoint.ts";
import type { ClassifierDesign } from "../src/core/models/classifier.ts";
import { encoderFor } from "../src/core/models/registry.ts";
import type { Weights } from "../src/core/models/weights.ts";
import { trainingDropout } from "../src/core/nn/dropout.ts";
import { TorchGenerator } from "../src/core/random/torch.ts";
import { traceClassifier } from "../src/core/runner/trace.ts";
import { TrainingStep } from "../src/core/training/step.ts";
import { Updater } from "../src/core/training/update.ts";
import { peakMemory } from "../src/node/classifier/node-host.ts";
import { distilbertBase, flags, forwardFlop, gemmRate, median, runPython, timed } from "./measure.ts";

const options = flags({ arch: "distilbert", batch: "16", length: "128", steps: "8", python: "" });
const { arch, python } = options;
const [rows, length, repeats] = [Number(options.batch), Number(options.length), Number(options.steps)];

/** Base shapes: `config.json` keys that differ from the architecture's defaults. */
const relative = {
  relative_attention: true,
  pos_att_type: "c2p|p2c",
  position_biased_input: false,
  type_vocab_size: 0,
  max_relative_positions: -1,
};
const configs: Record<string, Record<string, unknown>> = {
  distilbert: {},
  bert: {},
  roberta: {},
  deberta: { vocab_size: 50265, ...relative },
  "deberta-v2": {
    ...{ hidden_size: 768, num_hidden_layers: 12, num_attention_heads: 12, intermediate_size: 3072 },
    ...{ position_buckets: 256, share_att_key: true, norm_rel_ebd: "layer_norm", ...relative },
  },
};
const encoder = encoderFor({ model_type: arch, ...configs[arch] });
const design: ClassifierDesign = { encoder, head: "huggingface", pooling: "cls", outputs: 3 };
const graph = traceClassifier(design, trainingDropout());
const weights: Weights = new Map();
initializeWeights(graph.parameters, weights, 0);
const parameters = new Map([...weights].map(([name, { values }]) => [name, values]));

const random = new TorchGenerator(1);
const ids = Int32Array.from(random.uniform(rows * length, 1000, 20_000));
const labelled = {
  batch: {
    sizes: { batch: rows, length },
    feeds: {
      input_ids: ids,
      attention_mask: new Int32Array(rows * length).fill(1),
      token_type_ids: new Int32Array(rows * length),
    },
    tokens: rows * length,
  },
  labels: Int32Array.from({ length: rows }, (_, i) => i % 3),
};
const step = await TrainingStep.compile(graph, () => true);
const settings = { optimizer: "adamw", learningRate: 1e-5, weightDecay: 0.01, schedule: "constant" } as const;
const updater = new Updater(step, parameters, { ...settings, warmupSteps: 0, maxGradNorm: 1 }, 1000);

interface PyTorchStep {
  millisecondsPerStep: number;
  gemmGflops: number;
  peakMemory: number;
}
const peer = () =>
  python
    ? runPython<PyTorchStep>(python, "train_step.py", [
        ...["--arch", arch, "--batch", String(rows), "--length", String(length), "--steps", String(repeats)],
      ])
    : undefined;

const before = peer();
const limitBefore = await gemmRate();
let seed = 0;
const seconds = await timed(() => updater.update([{ ...labelled, dropoutSeed: seed++ }]), {
  warmUp: 5,
  repeats,
});
const limitAfter = await gemmRate();
const after = peer();

const milliseconds = 1000 * median(seconds);
// Backward takes the gradient of both factors of every product: twice the forward pass. DeBERTa's products with
// distances are not counted.
const flop = 3 * forwardFlop({ ...distilbertBase, layers: encoder.layers }, rows, length);
const rate = flop / milliseconds / 1e6;
const limit = (limitBefore + limitAfter) / 2;
const pytorch = before && after ? (before.millisecondsPerStep + after.millisecondsPerStep) / 2 : undefined;
console.log(
  JSON.stringify(
    {
      ...{ arch, batch: rows, length },
      ...{ millisecondsPerStep: milliseconds, gflops: rate, gemmGflops: limit, shareOfGemm: rate / limit },
      peakMemoryGB: peakMemory() / 1e9,
      ...(pytorch && {
        pytorch: {
          millisecondsPerStep: [before!.millisecondsPerStep, after!.millisecondsPerStep],
          gemmGflops: [before!.gemmGflops, after!.gemmGflops],
          peakMemoryGB: before!.peakMemory / 1e9,
        },
        timesPyTorchTakes: pytorch / milliseconds,
      }),
    },
    null,
    2,
  ),
);
