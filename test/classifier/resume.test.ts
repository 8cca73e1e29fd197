import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import {
  type FitOptions,
  Interrupted,
  OutputError,
  type Progress,
  type Run,
  type TextClassifier,
  TrainingError,
} from "../../src/index.ts";
import { quickFit, temporaryFolder, test, tinyClassifier, topicRows, train } from "./tiny.ts";

const texts = topicRows(6, 8).map(({ text }) => text);

/** What must not depend on whether a training was stopped. */
async function outcome(classifier: TextClassifier, run: Run) {
  return {
    history: run.history,
    predictions: await classifier.predict(texts),
    evaluations: run.record.evaluations,
    best: run.record.best,
  };
}

/** Trains until `stop` updates are done, if it comes to that, then aborts. */
async function fitUntil(stop: number, options: FitOptions) {
  const classifier = tinyClassifier();
  const controller = new AbortController();
  let updates = 0;
  const run = await classifier
    .fit(train, {
      ...options,
      signal: controller.signal,
      onProgress: ({ stage }) => {
        if (stage === "train" && ++updates === stop) controller.abort();
      },
    })
    .catch((error: unknown) => {
      if (error instanceof Interrupted) return error;
      throw error;
    });
  return { classifier, run };
}

const recipes: [string, FitOptions][] = [
  [
    "with dropout, 6 updates",
    { ...quickFit, epochs: 1, schedule: "linear", warmupRatio: 0.2, weightDecay: 0.01 },
  ],
  [
    "with everything at once, 12 updates",
    {
      ...{ ...quickFit, epochs: 4, batchSize: 6, gradientAccumulationSteps: 6, groupByLength: true },
      ...{ labelSmoothing: 0.1, classWeights: "balanced", evalSteps: 4, schedule: "cosine" },
      ...{ loadBestModelAtEnd: true, bestMetric: "accuracy" },
    },
  ],
];

describe.each(recipes)("a training %s", (_, options) => {
  it("that was stopped after any update goes on as if it had not been", async () => {
    const whole = tinyClassifier();
    const expected = await outcome(whole, await whole.fit(train, options));
    const updates = expected.history.at(-1)!.step;
    for (let stop = 1; stop < updates; stop++) {
      const checkpointFolder = join(temporaryFolder(), "checkpoints");
      const stopped = await fitUntil(stop, { ...options, checkpointFolder });
      expect((stopped.run as Interrupted).message).toContain(`at step ${stop} of ${updates}`);
      const resumed = tinyClassifier();
      const steps: number[] = [];
      const run = await resumed.fit(train, {
        ...{ ...options, checkpointFolder, resume: true },
        onResume: ({ step }) => steps.push(step),
      });
      expect(steps).toEqual([stop]);
      expect(await outcome(resumed, run), `stopped after ${stop}`).toEqual(expected);
    }
  });
});

it("a training that is stopped again and again still ends the same", async () => {
  const options: FitOptions = { ...quickFit, evalSteps: 5 };
  const whole = tinyClassifier();
  const expected = await outcome(whole, await whole.fit(train, options));
  const checkpointFolder = join(temporaryFolder(), "checkpoints");
  let rounds = 0;
  for (;;) {
    const { classifier, run } = await fitUntil(3, { ...options, checkpointFolder, resume: true });
    rounds++;
    if (run instanceof Interrupted) continue;
    expect(await outcome(classifier, run)).toEqual(expected);
    break;
  }
  // The eighth is stopped after the last update, in front of its evaluation.
  expect(rounds).toBe(9);
});

describe("checkpoints", () => {
  it("are written after every epoch, or every so many updates; the latest stay", async () => {
    const checkpointFolder = join(temporaryFolder(), "checkpoints");
    await tinyClassifier().fit(train, { ...quickFit, checkpointFolder });
    expect(readdirSync(checkpointFolder).sort()).toEqual(["step-18", "step-24"]);
    rmSync(checkpointFolder, { recursive: true });
    await tinyClassifier().fit(train, { ...quickFit, checkpointFolder, saveSteps: 7, saveTotalLimit: 3 });
    expect(readdirSync(checkpointFolder).sort()).toEqual(["step-14", "step-21", "step-7"]);
  });

  it("change nothing", async () => {
    const options = { ...quickFit, checkpointFolder: join(temporaryFolder(), "checkpoints"), saveSteps: 2 };
    const [saving, plain] = [tinyClassifier(), tinyClassifier()];
    const expected = await outcome(plain, await plain.fit(train, quickFit));
    expect(await outcome(saving, await saving.fit(train, options))).toEqual(expected);
  });

  it("of a finished training give its result", async () => {
    const options = { ...quickFit, checkpointFolder: join(temporaryFolder(), "checkpoints") };
    const [first, second] = [tinyClassifier(), tinyClassifier()];
    const expected = await outcome(first, await first.fit(train, options));
    expect(await outcome(second, await second.fit(train, { ...options, resume: true }))).toEqual(expected);
  });

  it("that can't be written are an error before training starts", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "taken"), "");
    for (const checkpointFolder of [join(folder, "taken"), join(folder, "taken", "checkpoints")]) {
      let updates = 0;
      const onProgress = ({ stage }: Progress) => {
        if (stage === "train") updates++;
      };
      const promise = tinyClassifier().fit(train, { ...quickFit, checkpointFolder, onProgress });
      await expect(promise).rejects.toThrow(OutputError);
      expect(updates).toBe(0);
    }
  });

  it("name the task only where it is not the one that all had before there was another", async () => {
    const checkpointFolder = join(temporaryFolder(), "checkpoints");
    await fitUntil(3, { ...quickFit, checkpointFolder });
    const { identity } = JSON.parse(readFileSync(join(checkpointFolder, "step-3", "state.json"), "utf8"));
    expect(identity.settings).toMatchObject({ seed: 42 });
    expect(identity.settings).not.toHaveProperty("task");
  });

  it("of a frozen encoder hold its head alone", async () => {
    const options = { ...quickFit, epochs: 6, checkpointFolder: join(temporaryFolder(), "checkpoints") };
    const make = () => tinyClassifier({ trainable: "head" });
    const [whole, resumed] = [make(), make()];
    const expected = await outcome(
      whole,
      await whole.fit(train, { ...options, checkpointFolder: undefined }),
    );
    const controller = new AbortController();
    const stop = ({ epoch }: { epoch: number }) => epoch === 3 && controller.abort();
    const stopped = make().fit(train, {
      ...options,
      signal: controller.signal,
      onEvaluation: ({ entry }) => void stop(entry),
    });
    await expect(stopped).rejects.toThrow(Interrupted);
    const run = await resumed.fit(train, { ...options, resume: true });
    expect(await outcome(resumed, run)).toEqual(expected);
  });
});

describe("a training is not taken up with", () => {
  it.each<[string, FitOptions, RegExp]>([
    ["another learning rate", { learningRate: 1e-3 }, /learningRate was 0.003 and is 0.001/],
    ["another seed", { seed: 7 }, /seed was 42 and is 7/],
    ["more epochs", { epochs: 5 }, /epochs was 4 and is 5/],
    ["other truncation", { truncation: 6 }, /truncation was true and is 6/],
    ["other evaluated rows", { evaluate: { test: test.take(20) } }, /the rows of test differ/],
    ["another split", { evaluate: { dev: test } }, /the rows of (test|dev) differ/],
  ])("%s", async (_, change, message) => {
    const options = { ...quickFit, checkpointFolder: join(temporaryFolder(), "checkpoints") };
    await fitUntil(7, options);
    const resumed = tinyClassifier().fit(train, { ...options, ...change, resume: true });
    await expect(resumed).rejects.toThrow(TrainingError);
    await expect(resumed).rejects.toThrow(message);
  });

  it("other rows or another model, or without asking", async () => {
    const options = { ...quickFit, checkpointFolder: join(temporaryFolder(), "checkpoints") };
    await fitUntil(7, options);
    const resume = { ...options, resume: true };
    const otherRows = train.shuffle({ seed: 1 });
    await expect(tinyClassifier().fit(otherRows, resume)).rejects.toThrow(/the training rows differ/);
    await expect(tinyClassifier({ seed: 1 }).fit(train, resume)).rejects.toThrow(/initial weights differ/);
    await expect(tinyClassifier({ head: "huggingface" }).fit(train, resume)).rejects.toThrow(
      /head was "linear"/,
    );
    await expect(tinyClassifier().fit(train, options)).rejects.toThrow(
      /holds checkpoints of another training/,
    );
  });
});
