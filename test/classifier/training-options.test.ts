import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import { ConfigError, type FitOptions, type HistoryEntry, TrainingError } from "../../src/index.ts";
import {
  labels,
  quickFit,
  temporaryFolder,
  test,
  tinyClassifier,
  topicDataset,
  topicRows,
  train,
} from "./tiny.ts";

const still = { dropout: 0, attention_dropout: 0 };
const noTraining: FitOptions = { ...quickFit, epochs: 1, learningRate: 1e-20 };

/** Labels that have nothing to do with the texts: what is learned is no use for them. */
const nonsense = topicDataset(48, 9).map((_, i) => ({ label: labels[i % 3]! }));

describe("gradient accumulation", () => {
  it("updates as one batch of all its rows, the smaller batches at the end of an epoch included", async () => {
    // 90 rows: whole batches of 20 in four updates and 10 rows more; parts of 5 or 6 rows.
    const rows = train.take(90);
    const options = { ...quickFit, epochs: 2, schedule: "linear", maxGradNorm: 0.5 } as const;
    const whole = await tinyClassifier({ changes: still }).fit(rows, { ...options, batchSize: 20 });
    const parts = await tinyClassifier({ changes: still }).fit(rows, {
      ...options,
      ...{ batchSize: 5, gradientAccumulationSteps: 4 },
    });
    for (const [i, entry] of whole.history.entries()) {
      const other = parts.history[i]!;
      expect(other).toMatchObject({ epoch: entry.epoch, step: entry.step, learningRate: entry.learningRate });
      expect(other.train.loss).toBeCloseTo(entry.train.loss, 4);
      expect(other.evaluations.test!.loss).toBeCloseTo(entry.evaluations.test!.loss, 4);
    }
    // The sum is over batches: 18 of 5 rows against 5 of 20.
    expect(parts.history[0]!.train.lossSum).toBeGreaterThan(3 * whole.history[0]!.train.lossSum);
  });

  it("weighs each batch by its rows", async () => {
    const rows = train.take(22);
    const options = { ...quickFit, epochs: 3 };
    const whole = await tinyClassifier({ changes: still }).fit(rows, { ...options, batchSize: 22 });
    const parts = { batchSize: 16, gradientAccumulationSteps: 2 };
    const split = await tinyClassifier({ changes: still }).fit(rows, { ...options, ...parts });
    for (const [i, entry] of whole.history.entries()) {
      expect(split.history[i]!.evaluations.test!.loss).toBeCloseTo(entry.evaluations.test!.loss, 4);
    }
  });
});

describe("the training loss", () => {
  /** Log probabilities of an untrained classifier for the training rows, and their labels. */
  async function untrained() {
    const predictions = await tinyClassifier({ changes: still }).predict(train.texts()[0]!);
    const logs = predictions.map(({ scores }) => labels.map((label) => Math.log(scores[label]!)));
    return { logs, ids: [...train.labelIds(labels)] };
  }
  const firstLoss = async (options: FitOptions) => {
    const run = await tinyClassifier({ changes: still }).fit(train, {
      ...noTraining,
      batchSize: 96,
      ...options,
    });
    return run.history[0]!;
  };

  it("is smoothed, that of evaluations is not", async () => {
    const { logs, ids } = await untrained();
    const terms = logs.map((row, i) => 0.8 * row[ids[i]!]! + (0.2 / 3) * row.reduce((a, b) => a + b));
    const smoothed = await firstLoss({ labelSmoothing: 0.2 });
    const plain = await firstLoss({});
    expect(smoothed.train.loss).toBeCloseTo(-terms.reduce((a, b) => a + b) / terms.length, 5);
    expect(smoothed.train.loss).not.toBeCloseTo(plain.train.loss, 3);
    expect(smoothed.evaluations).toEqual(plain.evaluations);
  });

  it("is weighted by class", async () => {
    const { logs, ids } = await untrained();
    const weights = [0.5, 1, 4];
    const sum = logs.reduce((total, row, i) => total - weights[ids[i]!]! * row[ids[i]!]!, 0);
    const weighted = await firstLoss({ classWeights: weights });
    expect(weighted.train.loss).toBeCloseTo(sum / ids.reduce((total, id) => total + weights[id]!, 0), 5);
    const alike = await firstLoss({ classWeights: [2, 2, 2] });
    expect(alike.train.loss).toBeCloseTo((await firstLoss({})).train.loss, 5);
  });

  it("balanced weights make every class count alike", async () => {
    const rows = train.filter(({ label }, i) => label !== "money" || i % 4 === 0);
    const counts = labels.map((_, label) => [...rows.labelIds(labels)].filter((id) => id === label).length);
    const run = await tinyClassifier().fit(rows, { ...noTraining, classWeights: "balanced" });
    const weights = run.record.recipe.classWeights as number[];
    for (const [i, weight] of weights.entries())
      expect(weight).toBeCloseTo(rows.length / (3 * counts[i]!), 12);
    const one = rows.filter(({ label }) => label === "sport");
    const single = await tinyClassifier().fit(one, { ...noTraining, classWeights: "balanced" });
    expect(single.record.recipe.classWeights).toEqual([1, 1, 1]);
  });
});

describe("warm-up", () => {
  it.each([
    ["a share, rounded up", { warmupRatio: 0.3 }, 8],
    ["a number of updates, which wins over the share", { warmupRatio: 0.9, warmupSteps: 6 }, 6],
    ["none", {}, 0],
  ])("of %s", async (_, options, warmup) => {
    const run = await tinyClassifier().fit(train, {
      ...quickFit,
      schedule: "linear",
      evalSteps: 1,
      ...options,
    });
    const expected = run.history.map(({ step }) => {
      const s = step - 1;
      return 3e-3 * (s < warmup ? s / warmup : (24 - s) / (24 - warmup));
    });
    expect(run.history).toHaveLength(24);
    for (const [i, { learningRate }] of run.history.entries())
      expect(learningRate).toBeCloseTo(expected[i]!, 12);
  });
});

describe("evaluation every so many updates", () => {
  it("gives fractional epochs, and one evaluation at the end", async () => {
    const subjects = new Set<string>();
    const run = await tinyClassifier().fit(train, {
      ...{ ...quickFit, epochs: 2, evalSteps: 5 },
      onProgress: ({ stage, subject, done, total }) => {
        if (stage !== "train") return;
        subjects.add(subject);
        expect(done).toBeLessThanOrEqual(total);
      },
    });
    expect(run.history.map(({ step }) => step)).toEqual([5, 10, 12]);
    expect(run.history.map(({ epoch }) => epoch)).toEqual([5 / 6, 10 / 6, 2]);
    expect(run.history.map(({ train: { rows } }) => rows)).toEqual([80, 80, 32]);
    expect([...subjects]).toEqual(["to step 5/12", "to step 10/12", "to step 12/12"]);
    expect(run.record.timing.epochs).toHaveLength(3);
  });

  it("changes nothing else", async () => {
    const often = await tinyClassifier().fit(train, { ...quickFit, evalSteps: 4 });
    const rarely = await tinyClassifier().fit(train, quickFit);
    expect(often.history.at(-1)!.evaluations).toEqual(rarely.history.at(-1)!.evaluations);
  });
});

describe("the best model", () => {
  const overfit: FitOptions = {
    ...{ ...quickFit, evaluate: { test, nonsense } },
    ...{ epochs: 12, bestMetric: "nonsense.loss" },
  };

  it("ends training early and is restored", async () => {
    const classifier = tinyClassifier();
    const run = await classifier.fit(train, {
      ...overfit,
      earlyStoppingPatience: 2,
      loadBestModelAtEnd: true,
    });
    const losses = run.history.map(({ evaluations }) => evaluations.nonsense!.loss);
    const best = losses.indexOf(Math.min(...losses));
    expect(run.history.length).toBeLessThan(12);
    expect(run.history.length - 1 - best).toBe(2);
    const codes = run.record.findings.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["early-stop", "best-model-restored"]));
    const restored = run.history[best]!.evaluations;
    expect(run.record.evaluations.map(({ report }) => report.loss)).toEqual([
      restored.test!.loss,
      restored.nonsense!.loss,
    ]);
    expect((await classifier.evaluate(nonsense)).loss).toBe(restored.nonsense!.loss);
  });

  it("is the last one where it is not asked for", async () => {
    const classifier = tinyClassifier();
    const run = await classifier.fit(train, { ...overfit, epochs: 4 });
    expect(run.record.findings.map(({ code }) => code)).not.toContain("best-model-restored");
    expect((await classifier.evaluate(nonsense)).loss).toBe(run.history.at(-1)!.evaluations.nonsense!.loss);
  });

  it("is that of a training that ends there", async () => {
    const options: FitOptions = { ...overfit, schedule: "constant" };
    const restored = tinyClassifier();
    const run = await restored.fit(train, { ...options, loadBestModelAtEnd: true });
    const losses = run.history.map(({ evaluations }) => evaluations.nonsense!.loss);
    const epochs = losses.indexOf(Math.min(...losses)) + 1;
    expect(epochs).toBeLessThan(12);
    const shorter = tinyClassifier();
    await shorter.fit(train, { ...options, epochs });
    const texts = topicRows(8, 4).map(({ text }) => text);
    expect(await restored.predict(texts)).toEqual(await shorter.predict(texts));
    expect(run.record.best).toEqual({
      epoch: epochs,
      step: 6 * epochs,
      metric: "nonsense.loss",
      value: Math.min(...losses),
    });
    const note = run.record.findings.find(
      ({ code }) => code === "early-stop" || code === "best-model-restored",
    );
    expect(note!.found).toContain(`epoch ${epochs}`);
  });
});

describe("a training that diverges", () => {
  // One update an epoch: the first changes nothing, the second everything.
  const diverging: FitOptions = {
    ...quickFit,
    batchSize: 96,
    warmupSteps: 1,
    learningRate: 1e39,
    maxGradNorm: 0,
  };

  it("in its first updates names the step", async () => {
    const promise = tinyClassifier().fit(train, { ...quickFit, learningRate: 1e30, maxGradNorm: 0 });
    await expect(promise).rejects.toThrow(TrainingError);
    await expect(promise).rejects.toThrow(
      /not a number at step 2: training diverged; try a learning rate below 1e\+30$/,
    );
  });

  it.each([
    ["scores", { test }],
    ["nothing to score", {}],
  ])("keeps what was good before, with %s", async (_, evaluate) => {
    const checkpointFolder = join(temporaryFolder(), "checkpoints");
    const seen: HistoryEntry[] = [];
    const promise = tinyClassifier().fit(train, {
      ...{ ...diverging, evaluate, checkpointFolder },
      onEvaluation: ({ entry }) => void seen.push(entry),
    });
    await expect(promise).rejects.toThrow(TrainingError);
    await expect(promise).rejects.toThrow(/not a number after step 2: training diverged/);
    expect(seen.map(({ epoch }) => epoch)).toEqual([1]);
    expect(readdirSync(checkpointFolder)).toEqual(["step-1"]);
  });
});

describe("options that can't work are refused before anything is read", () => {
  it.each<[string, FitOptions]>([
    ["epochs", { epochs: 0 }],
    ["epochs", { epochs: 1.5 }],
    ["batchSize", { batchSize: -1 }],
    ["gradientAccumulationSteps", { gradientAccumulationSteps: 0 }],
    ["learningRate", { learningRate: 0 }],
    ["learningRate", { learningRate: Number.NaN }],
    ["weightDecay", { weightDecay: 1 }],
    ["warmupRatio", { warmupRatio: 1.1 }],
    ["warmupSteps", { warmupSteps: -1 }],
    ["maxGradNorm", { maxGradNorm: -1 }],
    ["labelSmoothing", { labelSmoothing: 1 }],
    ["classWeights", { classWeights: [1, 2] }],
    ["classWeights", { classWeights: [1, 2, 0] }],
    ["evalSteps", { evalSteps: 0 }],
    ["earlyStoppingPatience", { earlyStoppingPatience: 0 }],
    ["bestMetric", { bestMetric: "dev.loss" }],
    ["bestMetric", { evaluate: {}, loadBestModelAtEnd: true }],
    ["bestMetric", { evaluate: {}, earlyStoppingPatience: 2 }],
    ["seed", { seed: 0.5 }],
  ])("%s: %o", async (key, options) => {
    const promise = tinyClassifier().fit(train, { ...quickFit, ...options });
    await expect(promise).rejects.toThrow(ConfigError);
    await expect(promise).rejects.toThrow(key);
  });
});
