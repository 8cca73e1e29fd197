import { describe, expect, test as it } from "vitest";
import { ConfigError, DataError, Dataset, type FitOptions, TrainingError } from "../../src/index.ts";
import { quickFit, test, tinyClassifier, topicRows, train } from "./tiny.ts";

const texts = topicRows(5, 11).map(({ text }) => text);

/** What a training may change. */
async function stateOf(classifier: ReturnType<typeof tinyClassifier>) {
  return {
    predictions: await classifier.predict(texts),
    files: [...classifier.files()].map(([name, content]) => [
      name,
      typeof content === "string" ? content : content.map((piece) => Buffer.from(piece).toString("base64")),
    ]),
  };
}

describe("a training that fails leaves the classifier as it was", () => {
  const strange = Dataset.fromRows([{ text: "the goal", label: "weather" }]);
  const failures: [string, FitOptions][] = [
    ["after its first epochs", { ...quickFit, learningRate: 1e30, maxGradNorm: 0 }],
    ["at a class that it doesn't know", { ...quickFit, evaluate: { test, strange } }],
    ["in a callback", { ...quickFit, onEvaluation: () => Promise.reject(new RangeError("mine")) }],
    ["at a text that is longer than it may be", { ...quickFit, truncation: 2 }],
  ];
  it.each(failures)("%s", async (_, options) => {
    const classifier = tinyClassifier();
    await classifier.fit(train, { ...quickFit, epochs: 1, truncation: 8 });
    const before = await stateOf(classifier);
    await expect(classifier.fit(train, options)).rejects.toThrow();
    expect(await stateOf(classifier)).toEqual(before);
    // And it can be trained again.
    await classifier.fit(train, { ...quickFit, epochs: 1 });
    expect(await stateOf(classifier)).not.toEqual(before);
  });
});

it("a second training at the same time is refused, and the first goes on", async () => {
  const classifier = tinyClassifier();
  const first = classifier.fit(train, { ...quickFit, epochs: 2 });
  await expect(classifier.fit(train, quickFit)).rejects.toThrow(TrainingError);
  expect((await first).history).toHaveLength(2);
});

it("a second training keeps the cut of the first, until it is given another", async () => {
  const classifier = tinyClassifier();
  const cut = async (options: FitOptions) =>
    (await classifier.fit(train, { ...quickFit, epochs: 1, ...options })).record.model.maxLength;
  expect(await cut({ truncation: 7 })).toBe(7);
  expect(await cut({})).toBe(7);
  const [long, short] = await classifier.predict([
    "the goal of the team was the coach",
    "the goal of the team",
  ]);
  expect(long).toEqual(short);
  expect(await cut({ truncation: 12 })).toBe(12);
});

it("an earlier run keeps the model that it left", async () => {
  const classifier = tinyClassifier();
  const { model } = await classifier.fit(train, { ...quickFit, epochs: 1 });
  const before = [...model.weights.values()].map(({ values }) => values.slice());
  await classifier.fit(train, { ...quickFit, epochs: 1 });
  expect([...model.weights.values()].map(({ values }) => values)).toEqual(before);
});

it("options and inputs that can't be meant are told", async () => {
  const classifier = tinyClassifier();
  const misspelt = { epoch: 3 } as FitOptions;
  await expect(classifier.fit(train, misspelt)).rejects.toThrow('did you mean "epochs"');
  await expect(classifier.fit(train, { lr: 3 } as FitOptions)).rejects.toThrow(ConfigError);
  for (const input of [5, null, { text: "a" }, ["a", 5]]) {
    await expect(classifier.predict(input as unknown as string)).rejects.toThrow(DataError);
  }
});
