import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import type { Row } from "../../src/core/data/values.ts";
import {
  ConfigError,
  DataError,
  Dataset,
  Interrupted,
  OutputError,
  parseRecipe,
  type RecipeInput,
  TextuneError,
  trainRecipe,
} from "../../src/index.ts";
import { quickFit, temporaryFolder, test, tinyClassifier, topicRows, train } from "./tiny.ts";

/** The error of a promise that must fail with one line. */
async function failure(promise: Promise<unknown>): Promise<TextuneError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TextuneError);
  expect((error as TextuneError).message).not.toContain("\n");
  return error as TextuneError;
}

const rows = (...given: Row[]) => Dataset.fromRows(given, { source: "notes.csv" });
const good = { text: "the goal of the team", label: "sport" };
const longText = Array.from({ length: 40 }, () => "team").join(" ");

describe("data that can't be trained on is named", () => {
  it("a text longer than the model's positions, without truncation", async () => {
    const data = rows(good, { text: longText, label: "money" });
    const error = await failure(tinyClassifier().fit(data, { truncation: false }));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain("row 1 of notes.csv");
    expect(error.message).toContain("42 tokens");
    expect(error.message).toContain("reads 24");
  });

  it("a label outside the classes", async () => {
    const error = await failure(tinyClassifier().fit(rows(good, { text: "the bank", label: "weather" })));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain("weather");
    expect(error.message).toContain("row 1 of notes.csv");
  });

  it("an empty text, in training, evaluation and prediction", async () => {
    const empty = rows(good, good, { text: " \t", label: "money" });
    for (const work of [
      () => tinyClassifier().fit(empty),
      () => tinyClassifier().fit(train, { evaluate: { empty } }),
      () => tinyClassifier().evaluate(empty),
    ]) {
      const error = await failure(work());
      expect(error).toBeInstanceOf(DataError);
      expect(error.message).toContain("row 2 of notes.csv");
      expect(error.message).toContain("is empty");
    }
    expect((await failure(tinyClassifier().predict(["the bank", ""]))).message).toContain(
      "text 2 of 2 is empty",
    );
  });

  it("empty rows are dropped and counted where the user asks for it", async () => {
    const some = rows(good, good, { text: " ", label: "money" }, { text: "", label: "sport" });
    const run = await tinyClassifier().fit(some, { epochs: 1, evaluate: { test, some }, dropEmpty: true });
    expect(run.record.data.map((split) => split.rows)).toEqual([2, 48, 2]);
    expect(run.history[0]!.train.rows).toBe(2);
    const dropped = run.record.findings.find(({ code }) => code === "empty-rows-dropped");
    expect(dropped).toMatchObject({ severity: "note" });
    expect(dropped!.found).toContain("2 of train, 2 of some");
    const whole = await tinyClassifier().fit(rows(good, good), { epochs: 1, dropEmpty: true });
    expect(whole.record.findings.map(({ code }) => code)).not.toContain("empty-rows-dropped");
  });

  it("dropped rows count for nothing: not in class weights, nor need they have a label", async () => {
    const money = { text: "the bank", label: "money" };
    const some = rows(good, money, { text: "", label: "money" }, { text: " ", label: "" });
    const trained = (data: Dataset) =>
      tinyClassifier().fit(data, {
        epochs: 1,
        evaluate: { test },
        dropEmpty: true,
        classWeights: "balanced",
      });
    const [dropped, without] = [await trained(some), await trained(some.take(2))];
    expect(dropped.record.recipe.classWeights).toHaveLength(3);
    expect(dropped.record.recipe.classWeights).toEqual(without.record.recipe.classWeights);
  });

  it("rows without a label are dropped and counted where the user asks for it, refused otherwise", async () => {
    const money = { text: "the bank", label: "money" };
    for (const label of [null, "", " ", Number.NaN, -1, "-1", -1n]) {
      const some = rows(good, { text: "the goal", label }, money, { text: "", label });
      const error = await failure(tinyClassifier().fit(some, { dropEmpty: true }));
      expect(error.message).toMatch(/row 1 of notes.csv .*dropUnlabelled: true/);
      const run = await tinyClassifier().fit(some, {
        ...{ epochs: 1, dropEmpty: true, dropUnlabelled: true, classWeights: "balanced" },
        evaluate: { test, some },
      });
      expect(run.record.data.map((split) => split.rows)).toEqual([2, 48, 2]);
      const found = run.record.findings.filter(({ code }) => code.endsWith("-dropped"));
      expect(found.map(({ found }) => found)).toEqual([
        "Rows with an empty text were dropped: 1 of train, 1 of some.",
        "Rows without a label were dropped: 1 of train, 1 of some.",
      ]);
    }
  });

  it("a split without a label is left out with a note; training rows without one are an error", async () => {
    const unlabelled = rows({ text: "the bank", label: null }, { text: "the goal", label: null });
    const texts = Dataset.fromRows([{ text: "the bank" }]);
    const ready: string[] = [];
    const run = await tinyClassifier().fit(train, {
      ...{ epochs: 1, bestMetric: "accuracy", loadBestModelAtEnd: true },
      evaluate: { unlabelled, texts, test },
      onRows: ({ train, evaluate }) => {
        ready.push(`${train.length}`, ...Object.keys(evaluate));
      },
      onReady: (findings) => {
        ready.push(...findings.map(({ code }) => code));
      },
    });
    expect(ready.slice(0, 2)).toEqual(["96", "test"]);
    expect(ready.slice(-2)).toEqual(["unlabelled-split", "unlabelled-split"]);
    expect(run.record.evaluations.map(({ split }) => split)).toEqual(["test"]);
    expect(run.record.best).toMatchObject({ metric: "test.accuracy" });
    const notes = run.record.findings.filter(({ code }) => code === "unlabelled-split");
    expect(notes.map(({ found }) => found)).toEqual([
      "unlabelled (notes.csv) has 2 rows and a label on none of them: it is left out.",
      "texts (rows) has 1 row and a label on none of them: it is left out.",
    ]);
    const error = await failure(tinyClassifier().fit(unlabelled, { dropUnlabelled: true }));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain("no rows left: of 2, 0 have an empty text and 2 no label");
  });

  it("a class that only held-out rows have is a class, with a warning that it isn't trained", async () => {
    const run = await tinyClassifier().fit(
      train.filter(({ label }) => label !== "science"),
      { epochs: 1, evaluate: { heldOut: test } },
    );
    expect(run.record.labels).toEqual(["sport", "money", "science"]);
    const [finding] = run.record.findings.filter(({ code }) => code === "class-not-trained");
    expect(finding!.found).toBe("train has no row of the class “science”, which heldOut has.");
  });

  it("a pair with an empty side", async () => {
    const pairs = Dataset.fromRows(
      [
        { premise: "the goal", hypothesis: "the team", label: "sport" },
        { premise: "the goal", hypothesis: "", label: "money" },
      ],
      { source: "pairs.csv" },
    ).withTextColumns(["premise", "hypothesis"]);
    const error = await failure(tinyClassifier().fit(pairs));
    expect(error.message).toContain('row 1 of pairs.csv (counting from 0): "hypothesis" is empty');
    const run = await tinyClassifier().fit(pairs, { epochs: 1, dropEmpty: true });
    expect(run.record.data[0]!.rows).toBe(1);
  });

  it("a split without rows", async () => {
    const empty = await failure(tinyClassifier().fit(train.take(0)));
    expect(empty).toBeInstanceOf(ConfigError);
    expect(empty.message).toContain('"train" has no rows');
  });
});

describe("a recipe's run", () => {
  /** A model and data on disk, and the recipe that trains the one on the other. */
  async function workspace(changes: Partial<RecipeInput> = {}) {
    const folder = temporaryFolder();
    await tinyClassifier().save(join(folder, "model"));
    const csv = topicRows(64, 1).map(({ text, label }) => `${text},${label}`);
    writeFileSync(join(folder, "data.csv"), `text,label\n${csv.join("\n")}\n`);
    const output = join(folder, "run");
    const recipe = parseRecipe({
      ...{ dataset: join(folder, "data.csv"), model: join(folder, "model"), output },
      ...{ trainable: "all", epochs: 4, batchSize: 16, learningRate: 3e-3, ...changes },
    });
    return { folder, output, named: { name: "tiny", recipe } };
  }
  const filesIn = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort();

  it("that is stopped keeps the finished epochs and leaves nothing half-written", async () => {
    const { output, named } = await workspace();
    const controller = new AbortController();
    const error = await failure(
      trainRecipe(named, {
        signal: controller.signal,
        onEvaluation: ({ entry: { epoch } }) => {
          if (epoch === 2) controller.abort();
        },
      }),
    );
    expect(error).toBeInstanceOf(Interrupted);
    const lines = readFileSync(join(output, "history.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).epoch)).toEqual([1, 2]);
    const files = filesIn(output);
    expect(files.filter((name) => name.includes(".tmp"))).toEqual([]);
    expect(files).toContain("recipe.yaml");
    expect(files).not.toContain("metrics.json");
    expect(files).not.toContain("model");
  });

  it("that is stopped before it starts leaves nothing at all", async () => {
    const { folder, named } = await workspace();
    const error = await failure(trainRecipe(named, { signal: AbortSignal.abort() }));
    expect(error).toBeInstanceOf(Interrupted);
    expect(readdirSync(folder)).not.toContain("run");
  });

  it("whose folder can't be made fails before anything is loaded", async () => {
    const { folder } = await workspace();
    const blocked = await workspace({ output: join(folder, "data.csv", "run") });
    const isTaken = await workspace({ output: join(folder, "data.csv") });
    for (const { named } of [blocked, isTaken]) {
      let loaded = false;
      const work = { onStart: () => (loaded = true), onProgress: () => (loaded = true) };
      const error = await failure(trainRecipe(named, work));
      expect(error).toBeInstanceOf(OutputError);
      expect(error.message).toContain("a part of the path is a file, not a folder");
      expect(loaded).toBe(false);
    }
  });

  it("does not overwrite another run unless asked to", async () => {
    const { output, named } = await workspace();
    await trainRecipe(named);
    const before = readFileSync(join(output, "metrics.json"));
    const error = await failure(trainRecipe(named));
    expect(error).toBeInstanceOf(OutputError);
    expect(error.message).toContain("--overwrite");
    expect(readFileSync(join(output, "metrics.json")).equals(before)).toBe(true);
    await trainRecipe({ ...named, recipe: { ...named.recipe, overwrite: true } });
    expect(readFileSync(join(output, "metrics.json")).equals(before)).toBe(false);
  });
});

it("an abort signal stops fit and predict", async () => {
  const signal = AbortSignal.abort();
  expect(await failure(tinyClassifier().fit(train, { ...quickFit, signal }))).toBeInstanceOf(Interrupted);
  expect(await failure(tinyClassifier().predict("the goal", { signal }))).toBeInstanceOf(Interrupted);
});
