import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import { ConfigError, type FitOptions, Interrupted, TextClassifier } from "../../src/index.ts";
import { labels, temporaryFolder, test, tinyClassifier, topicDataset, train } from "./tiny.ts";

const keep = { featureCache: false } as const;

/** A small encoder with weights that count as trained. */
async function encoder(): Promise<string> {
  const folder = join(temporaryFolder(), "encoder");
  await tinyClassifier({ pooling: "mean" }).save(folder);
  return folder;
}

const load = async (options: Parameters<typeof TextClassifier.fromPretrained>[1] = {}) =>
  TextClassifier.fromPretrained(await encoder(), { labels, ...options });

describe("a solved head", () => {
  it("separates what a linear layer can, and is the same whenever it is solved", async () => {
    const solve = async () => {
      const classifier = await load({ trainable: "head" });
      return {
        classifier,
        run: await classifier.fit(train, { ...keep, evaluate: { test }, method: "logistic" }),
      };
    };
    const [{ classifier, run }, again] = [await solve(), await solve()];
    const { solution, history, evaluations, recipe } = run.record;
    expect(solution).toMatchObject({ method: "logistic", scaling: "length", folds: [5], converged: true });
    expect(evaluations[0]!.report.accuracy).toBeGreaterThan(evaluations[0]!.majorityBaseline.accuracy + 0.2);
    expect(history).toHaveLength(1);
    expect(recipe).not.toHaveProperty("learningRate");
    expect(again.run.record.solution).toEqual(solution);
    expect(again.run.history).toEqual(run.history);
    expect(await again.classifier.predict("the goal of the team")).toEqual(
      await classifier.predict("the goal of the team"),
    );
  });

  it("is an ordinary linear head: saved and loaded it answers the same", async () => {
    const classifier = await load({ trainable: "head" });
    const { record } = await classifier.fit(train, { ...keep, evaluate: { test }, method: "logistic" });
    const folder = temporaryFolder();
    await classifier.save(folder);
    const loaded = await TextClassifier.fromPretrained(folder);
    expect(await loaded.evaluate(test)).toEqual(record.evaluations[0]!.report);
  });

  it.each([
    ["one logit for two classes", { labels: ["money", "sport"], loss: "binaryCrossEntropy" }],
    ["two logits for two classes", { labels: ["money", "sport"] }],
  ] as const)("has %s", async (_, options) => {
    const two = train.filter((row) => row.label !== "science");
    const classifier = await load({ ...options, trainable: "head" });
    const { record } = await classifier.fit(two, { ...keep, evaluate: { two }, method: "logistic" });
    expect(record.evaluations[0]!.report.accuracy).toBeGreaterThan(0.8);
  });

  it("stops when it is told to, and leaves the classifier as it was", async () => {
    const classifier = await load({ trainable: "head" });
    const before = await classifier.predict("the goal of the team");
    const stop = new AbortController();
    const options: FitOptions = {
      ...{ ...keep, method: "logistic", signal: stop.signal },
      onProgress: ({ stage }) => stage === "encode" && stop.abort(),
    };
    await expect(classifier.fit(train, options)).rejects.toThrow(Interrupted);
    expect(await classifier.predict("the goal of the team")).toEqual(before);
  });
});

describe("what nobody says is decided by rows and model", () => {
  const planOf = async (
    given: FitOptions,
    options: Parameters<typeof TextClassifier.fromPretrained>[1] = {},
    rows = train,
  ) => {
    const classifier = await load(options);
    const { record } = await classifier.fit(rows, { ...keep, ...given });
    const { trainable, method, epochs } = record.recipe;
    return { trainable, method, epochs, chosen: record.chosen, steps: record.history.at(-1)!.step };
  };

  it("few rows are solved", async () => {
    expect(await planOf({})).toMatchObject({
      ...{ trainable: "head", method: "logistic" },
      chosen:
        "For 96 training rows the head is solved by logistic regression on the frozen encoder; method: steps trains it step by step, trainable: all fine-tunes the whole model.",
    });
  });

  it("more rows are trained step by step", async () => {
    const plan = await planOf({}, {}, topicDataset(1001, 4));
    expect(plan).toMatchObject({ trainable: "head", method: "steps", epochs: 63 });
    expect(plan.chosen).toContain("1,001 training rows");
  });

  it("options about updates mean updates", async () => {
    expect(await planOf({ learningRate: 1e-2, epochs: 3 })).toMatchObject({ method: "steps", steps: 6 });
    expect(await planOf({ method: "steps", epochs: 3 }, { trainable: "head" })).toMatchObject({
      chosen: undefined,
    });
  });

  it("few rows don't mean few updates", async () => {
    expect((await planOf({ method: "steps" })).steps).toBeGreaterThanOrEqual(1000);
    expect((await planOf({}, { trainable: "all" })).steps).toBeGreaterThanOrEqual(200);
  });

  it("random weights are trained as a whole", async () => {
    const { record } = await tinyClassifier().fit(train, { ...keep, epochs: 1 });
    expect(record.recipe.trainable).toBe("all");
  });

  it.each([
    [{ method: "logistic", epochs: 3 }, {}, "epochs is for method: steps"],
    [{ method: "steps", logisticC: 3 }, {}, "logisticC is for method: logistic"],
    [{ method: "logistic" }, { trainable: "all" }, "method: logistic solves a head on a frozen encoder"],
    [{ method: "logistic" }, { head: "huggingface" }, "method: logistic solves one linear layer"],
  ] as const)("refuses %j with %j", async (given, options, message) => {
    const failure = load(options).then((classifier) => classifier.fit(train, { ...keep, ...given }));
    await expect(failure).rejects.toThrow(ConfigError);
    await expect(failure).rejects.toThrow(message);
  });
});

describe("a head that was never trained", () => {
  it("is told of until it is trained, by a saved model too", async () => {
    const classifier = await load({ trainable: "head" });
    expect(classifier.findings.map(({ code }) => code)).toEqual(["untrained-head"]);
    const folder = temporaryFolder();
    await classifier.save(folder);
    const loaded = await TextClassifier.fromPretrained(folder);
    expect(loaded.findings.map(({ code }) => code)).toEqual(["untrained-head"]);
    await loaded.fit(train, keep);
    expect(loaded.findings).toEqual([]);
    await loaded.save(folder);
    expect((await TextClassifier.fromPretrained(folder)).findings).toEqual([]);
  });
});
