import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import type { FitOptions, FromScratchOptions } from "../../src/index.ts";
import { readSafetensorsFile } from "../../src/node/weights/safetensors-file.ts";
import { temporaryFolder, test, tinyClassifier, train } from "./tiny.ts";

const shape = {
  ...{ hidden_size: 32, num_hidden_layers: 3, num_attention_heads: 4, intermediate_size: 64 },
  max_position_embeddings: 24,
};

/** Small encoders of three layers, and their rates of dropout. */
const architectures = {
  distilbert: {
    config: { n_layers: 3 },
    noDropout: { dropout: 0, attention_dropout: 0, seq_classif_dropout: 0 },
  },
  bert: {
    config: { model_type: "bert", ...shape },
    noDropout: { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 },
  },
  "deberta-v2": {
    config: {
      ...{ model_type: "deberta-v2", ...shape, relative_attention: true, pos_att_type: ["c2p", "p2c"] },
      ...{
        position_biased_input: false,
        share_att_key: true,
        norm_rel_ebd: "layer_norm",
        position_buckets: 8,
      },
    },
    noDropout: { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 },
  },
};

/** A new small classifier of a configuration, whose keys are its own. */
function classifierOf(config: Record<string, unknown>, options: Partial<FromScratchOptions>) {
  return "model_type" in config
    ? tinyClassifier({ ...options, config })
    : tinyClassifier({ ...options, changes: config });
}

async function trainTop(
  config: Record<string, unknown>,
  options: FitOptions,
  model: Partial<FromScratchOptions> = {},
) {
  const classifier = classifierOf(config, { trainable: "top:1", ...model });
  const before = await weightsOf(classifier);
  const stages = new Set<string>();
  const run = await classifier.fit(train, {
    evaluate: { test },
    ...{ epochs: 2, batchSize: 16, learningRate: 5e-5, featureCache: false },
    ...options,
    onProgress: ({ stage }) => stages.add(stage),
  });
  return { run, stages, before, after: await weightsOf(classifier) };
}

async function weightsOf(classifier: ReturnType<typeof classifierOf>) {
  const folder = join(temporaryFolder(), "model");
  await classifier.save(folder);
  return readSafetensorsFile(join(folder, "model.safetensors"));
}

type Fitted = Awaited<ReturnType<typeof trainTop>>;

/** The largest difference between two sets of weights. */
function distance(left: Fitted["after"], right: Fitted["after"]): number {
  let most = 0;
  for (const [name, { values }] of left) {
    const others = right.get(name)!.values;
    for (const [i, value] of values.entries()) most = Math.max(most, Math.abs(value - others[i]!));
  }
  return most;
}

const losses = ({ run }: Fitted) =>
  run.history.flatMap(({ train, evaluations }) => [train.loss, evaluations.test!.loss]);

describe.each(Object.entries(architectures))("frozen layers of %s", (_, { config, noDropout }) => {
  it.each(["top:1", "top:2"] as const)(
    "that are run once give the weights of every step's: %s",
    async (trainable) => {
      const still = { ...config, ...noDropout };
      const pooling = trainable === "top:1" ? "cls" : "mean";
      const once = await trainTop(still, {}, { trainable, pooling });
      const everyStep = await trainTop(still, { encoderDropout: true }, { trainable, pooling });
      expect(once.stages).toContain("encode");
      expect(everyStep.stages).not.toContain("encode");
      expect(once.run.record.model.layersEncodedOnce).toBe(trainable === "top:1" ? 2 : 1);
      expect(everyStep.run.record.model).not.toHaveProperty("layersEncodedOnce");
      expect(distance(once.after, once.before)).toBeGreaterThan(2e-4);
      expect(distance(once.after, everyStep.after)).toBeLessThan(1e-5);
      for (const [i, loss] of losses(once).entries()) expect(loss).toBeCloseTo(losses(everyStep)[i]!, 5);
    },
  );

  it("have no dropout, and those above the same, whether they are run once or at every step", async () => {
    const once = await trainTop(config, {});
    const everyStep = await trainTop(config, { hiddenStateMemory: 0 });
    expect(everyStep.stages).not.toContain("encode");
    expect(distance(once.after, everyStep.after)).toBeLessThan(1e-5);
    const dropping = await trainTop(config, { encoderDropout: true });
    expect(distance(once.after, dropping.after)).toBeGreaterThan(1e-4);
  });
});

describe("hidden states of frozen layers", () => {
  const { config } = architectures.distilbert;
  const notKept = ({ run }: Fitted) =>
    run.record.findings.filter(({ code }) => code === "hidden-states-not-kept");

  it("that take more than hiddenStateMemory are not kept, and a finding says what they need", async () => {
    const small = await trainTop(config, { hiddenStateMemory: 0.01 });
    expect(small.stages).not.toContain("encode");
    expect(notKept(small)[0]?.advice).toContain("hiddenStateMemory: 1 ");
    const enough = await trainTop(config, { hiddenStateMemory: 1 });
    expect(enough.stages).toContain("encode");
    expect(notKept(enough)).toEqual([]);
    expect(distance(small.after, enough.after)).toBeLessThan(1e-5);
  });

  it("are not kept where padding takes part: they differ from batch to batch", async () => {
    const { stages, run } = await trainTop(config, { attentionMask: false });
    expect(stages).not.toContain("encode");
    expect(run.record.model).not.toHaveProperty("layersEncodedOnce");
  });

  it("begin at the lowest layer that patterns train in any part", async () => {
    const layer = "distilbert.transformer.layer";
    const patterns = [`${layer}.1.sa_layer_norm.*`, "classifier.*"];
    const norms = await trainTop(config, {}, { trainable: patterns });
    expect(norms.run.record.model.layersEncodedOnce).toBe(1);
    const everyStep = await trainTop(config, { hiddenStateMemory: 0 }, { trainable: patterns });
    expect(distance(norms.after, everyStep.after)).toBeLessThan(1e-5);
    const embeddings = await trainTop(config, {}, { trainable: ["*LayerNorm*", "classifier.*"] });
    expect(embeddings.run.record.model).not.toHaveProperty("layersEncodedOnce");
  });
});
