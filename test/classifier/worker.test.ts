import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import {
  ConfigError,
  type FitOptions,
  Interrupted,
  type StepReport,
  type TextClassifier,
  TrainingError,
} from "../../src/index.ts";
import { quickFit, temporaryFolder, test, tinyClassifier, train } from "./tiny.ts";

const texts = ["the goal of the team", "a bank", "a star was said to be new and very time more"];

/** What is seen of a training that two places should do alike. */
async function watchedFit(worker: boolean, options: FitOptions = {}) {
  await using classifier = tinyClassifier({ worker });
  const steps: StepReport[] = [];
  const stages = new Set<string>();
  const run = await classifier.fit(train, {
    ...quickFit,
    ...options,
    onStep: (step) => steps.push(step),
    onProgress: ({ stage }) => (stage === "train" || stage === "evaluate") && stages.add(stage),
  });
  return {
    ...{ run, steps, stages: [...stages] },
    history: JSON.stringify(run.history),
    weights: classifier.files().get("model.safetensors"),
    predictions: await classifier.predict(texts, { logits: true }),
    evaluation: await classifier.evaluate(test),
    features: await classifier.embed(texts),
  };
}

describe("a worker thread", () => {
  it("gives the same bytes as the caller's thread, and tells as much", async () => {
    const folder = temporaryFolder();
    const both = [];
    for (const worker of [true, false]) {
      const checkpointFolder = join(folder, String(worker));
      const { run, ...seen } = await watchedFit(worker, { checkpointFolder, loadBestModelAtEnd: true });
      both.push({ ...seen, evaluations: run.record.evaluations, checkpoints: readdirSync(checkpointFolder) });
    }
    expect(both[0]).toEqual(both[1]);
    expect(both[0]!.steps).toHaveLength(24);
    expect(both[0]!.checkpoints).toHaveLength(2);
  });

  it("takes a training up from the checkpoints of the caller's thread", async () => {
    const checkpointFolder = temporaryFolder();
    const stopper = new AbortController();
    const interrupted = tinyClassifier({ worker: false }).fit(train, {
      ...{ ...quickFit, checkpointFolder, signal: stopper.signal },
      onStep: ({ step }) => step === 9 && stopper.abort(),
    });
    await expect(interrupted).rejects.toThrow(Interrupted);
    let from = 0;
    const resumed = await watchedFit(true, {
      ...{ checkpointFolder, resume: true },
      onResume: ({ step }) => {
        from = step;
      },
    });
    expect(from).toBeGreaterThan(0);
    const whole = await watchedFit(false);
    expect(resumed.history).toBe(whole.history);
    expect(resumed.weights).toEqual(whole.weights);
  });

  it("keeps features of a frozen encoder where the caller's thread finds them", async () => {
    const featureCache = temporaryFolder();
    const histories: string[] = [];
    const encoded: boolean[] = [];
    for (const worker of [true, false]) {
      await using classifier = tinyClassifier({ worker, trainable: "head" });
      const stages = new Set<string>();
      const run = await classifier.fit(train, {
        ...{ ...quickFit, featureCache },
        onProgress: ({ stage }) => stages.add(stage),
      });
      histories.push(JSON.stringify(run.history));
      encoded.push(stages.has("encode"));
    }
    expect(encoded).toEqual([true, false]);
    expect(histories[0]).toBe(histories[1]);
  });

  it("asks the caller's thread for scores and whether to stop", async () => {
    await using classifier = tinyClassifier({ worker: true });
    const rows: number[] = [];
    const run = await classifier.fit(train, {
      ...quickFit,
      bestMetric: "firstClass",
      metrics: {
        firstClass: (outputs, targets) => {
          rows.push(targets.rows);
          return outputs.answers().filter((answer) => answer === 0).length;
        },
      },
      onEvaluation: async ({ history }) => (history.length === 2 ? "stop" : undefined),
    });
    expect(run.history).toHaveLength(2);
    expect(rows).toEqual([test.length, test.length]);
    const scores = run.history.map(({ evaluations }) => evaluations.test!.metrics!.firstClass!);
    expect(run.record.best).toMatchObject({ metric: "test.firstClass", value: Math.max(...scores) });
  });

  it("gives errors with class, message and cause, and the caller's own as they were thrown", async () => {
    await using classifier = tinyClassifier({ worker: true });
    const before = await classifier.predict(texts);
    const diverging = classifier.fit(train, { ...quickFit, learningRate: 1e30, maxGradNorm: 0 });
    const error = await diverging.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TrainingError);
    expect((error as Error).message).toMatch(/training diverged; try a learning rate below 1e\+30/);

    class Own extends Error {
      readonly detail = { of: "the caller" };
    }
    const own = new Own("no more");
    const fail = () => {
      throw own;
    };
    for (const options of [{ onStep: fail }, { onEvaluation: fail }, { onProgress: fail }]) {
      await expect(classifier.fit(train, { ...quickFit, ...options })).rejects.toBe(own);
    }
    const metrics = { none: () => Number.NaN };
    const refused = classifier.fit(train, { ...quickFit, metrics });
    await expect(refused).rejects.toThrow(ConfigError);
    expect(await classifier.predict(texts)).toEqual(before);
  });

  it("stops within a batch with the signal's reason, and leaves the classifier as it was", async () => {
    await using classifier = tinyClassifier({ worker: true });
    const before = await classifier.predict(texts);
    const reason = { why: "enough" };
    const stopper = new AbortController();
    let steps = 0;
    const fitting = classifier.fit(train, {
      ...{ ...quickFit, epochs: 1000, signal: stopper.signal },
      onStep: ({ step }) => {
        steps = step;
        if (step === 3) stopper.abort(reason);
      },
    });
    const error = await fitting.catch((thrown: unknown) => thrown as Interrupted);
    expect(error).toBeInstanceOf(Interrupted);
    expect(error).toMatchObject({ name: "AbortError" });
    expect((error as Interrupted).cause).toBe(reason);
    // What was under way when the news arrived may still be done.
    expect(steps).toBeLessThan(30);
    expect(await classifier.predict(texts)).toEqual(before);
  });

  it("answers predictions during a training by the weights before", async () => {
    await using classifier = tinyClassifier({ worker: true });
    const before = await classifier.predict(texts);
    const during: Promise<unknown>[] = [];
    await classifier.fit(train, {
      ...quickFit,
      onStep: () => void during.push(classifier.predict(texts)),
    });
    for (const prediction of await Promise.all(during.slice(0, -1))) expect(prediction).toEqual(before);
    expect(during).toHaveLength(24);
    expect(await classifier.predict(texts)).not.toEqual(before);
  });
});

describe("threads", () => {
  const live = () =>
    process.getActiveResourcesInfo().filter((name) => name === "MessagePort" || name === "Worker").length;

  it("end with the classifiers that they work for", async () => {
    const before = live();
    const classifiers: TextClassifier[] = [];
    for (let i = 0; i < 3; i++) {
      const classifier = tinyClassifier({ worker: true });
      await classifier.predict(texts);
      classifiers.push(classifier);
    }
    for (const classifier of classifiers) await classifier.dispose();
    expect(live()).toBeLessThanOrEqual(before);
    await expect(classifiers[0]!.predict(texts)).rejects.toThrow(/disposed of/);
  });
});
