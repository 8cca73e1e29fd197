import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import { TorchGenerator } from "../../src/core/random/torch.ts";
import {
  ConfigError,
  DataError,
  Dataset,
  type FindSuspectsOptions,
  findSuspects,
  parseRecipe,
  type RecipeInput,
  trainRecipe,
} from "../../src/index.ts";
import { labels, temporaryFolder, tinyClassifier, topicRows } from "./tiny.ts";

const rows = 600;
const flips = 30;

/** Topics of which some carry a wrong label, and which those are. */
function flippedTopics(): { data: { text: string; label: string }[]; flipped: Set<number> } {
  const data = topicRows(rows, 5);
  const order = new TorchGenerator(6).randperm(rows);
  const flipped = new Set(order.slice(0, flips));
  for (const row of flipped)
    data[row]!.label = labels[(labels.indexOf(data[row]!.label) + 1) % labels.length]!;
  return { data, flipped };
}

const csv = (data: { text: string; label: string }[]) =>
  `text,label\n${data.map(({ text, label }) => `${text},${label}\n`).join("")}`;

/** What makes a head on the tiny encoder learn the topics within a second. */
const quickHead: Partial<RecipeInput> = {
  ...{
    trainable: "head",
    pooling: "mean",
    epochs: 30,
    batchSize: 16,
    learningRate: 1e-2,
    featureCache: false,
  },
};

/** A finished run on the topics with flipped labels. */
async function finishedRun(
  changes: Partial<RecipeInput>,
): Promise<{ run: string; folder: string; flipped: Set<number> }> {
  const folder = temporaryFolder();
  const { data, flipped } = flippedTopics();
  const dataset = join(folder, "topics");
  mkdirSync(dataset);
  writeFileSync(join(dataset, "train.csv"), csv(data));
  writeFileSync(join(dataset, "test.csv"), csv(topicRows(30, 7)));
  const model = join(folder, "model");
  await tinyClassifier({ labels: ["x", "y"], changes: { dim: 128 } }).save(model);
  const run = join(folder, "run");
  await trainRecipe({
    name: "topics",
    recipe: parseRecipe({ dataset, model, output: run, ...quickHead, ...changes }),
  });
  return { run, folder, flipped };
}

describe("likely label errors", () => {
  it("most flipped labels are found, first, and by their row in the file", async () => {
    const { run, flipped } = await finishedRun({});
    const { suspects, ...report } = await findSuspects(run);
    expect(report).toMatchObject({ run: "topics", rows, folds: 5, encoderTrained: false });
    const hits = (among: typeof suspects) => among.filter(({ row }) => flipped.has(row)).length;
    expect(hits(suspects)).toBeGreaterThanOrEqual(0.8 * flips);
    expect(hits(suspects.slice(0, flips))).toBeGreaterThanOrEqual(0.7 * flips);
    const { data } = flippedTopics();
    for (const { row, given, texts, probabilityGiven, probabilitySuggested } of suspects) {
      expect({ text: texts[0], label: given }).toEqual(data[row]);
      expect(probabilitySuggested).toBeGreaterThan(probabilityGiven);
    }
    // The same question gets the same answer.
    expect((await findSuspects(run)).suspects).toEqual(suspects);
  });

  it("a run that trained its encoder is judged on the encoder that it started from", async () => {
    const untrained = {
      pooling: "mean",
      epochs: undefined,
      batchSize: undefined,
      learningRate: undefined,
    } as const;
    const whole = await finishedRun({ ...untrained, trainable: "all", epochs: 1, pooling: "cls" });
    const head = await finishedRun({ ...untrained, trainable: "head" });
    const { suspects, ...report } = await findSuspects(whole.run);
    expect(report).toMatchObject({ encoderTrained: true, model: join(whole.folder, "model") });
    expect(suspects.length).toBeGreaterThan(0);
    expect(suspects).toEqual((await findSuspects(head.run)).suspects);
  });

  it("no row is judged by a head that was trained on it", async () => {
    // Labels that nothing explains can only be known by heart.
    const random = new TorchGenerator(9);
    const noise = topicRows(150, 8).map(({ text }, i) => ({
      text,
      label: i < labels.length ? labels[i]! : labels[Math.floor(random.rand(1)[0]! * labels.length)]!,
    }));
    const dataset = Dataset.fromRows(noise);
    const settings = { ...quickHead, epochs: 60 } as const;
    const options = {
      epochs: settings.epochs,
      batchSize: 16,
      learningRate: 1e-2,
      featureCache: false,
    } as const;
    const changes = { dim: 128, hidden_dim: 64 };
    const classifier = tinyClassifier({ pooling: "mean", trainable: "head", changes });
    const logits = await classifier.crossValidate(dataset, options);
    const ids = dataset.labelIds(labels);
    const right = logits.predictions().filter((predicted, row) => predicted === ids[row]).length;
    await classifier.fit(dataset, options);
    const { accuracy } = await classifier.evaluate(dataset);
    expect(accuracy).toBeGreaterThan(0.5);
    // Chance is a third, with a standard deviation of 0.04.
    expect(right / noise.length).toBeLessThan(0.45);
  });

  it("the classifier is as it was before", async () => {
    const classifier = tinyClassifier();
    const before = await classifier.predict("the goal of the team");
    await classifier.crossValidate(Dataset.fromRows(topicRows(60, 3)), { epochs: 1, featureCache: false });
    expect(await classifier.predict("the goal of the team")).toEqual(before);
  });
});

describe("what can't be judged is said in one line", () => {
  const refusal = async (run: string, options?: FindSuspectsOptions) => {
    const error: unknown = await findSuspects(run, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).not.toContain("\n");
    return error as Error;
  };

  it("no run, or one that isn't finished", async () => {
    const folder = temporaryFolder();
    const none = await refusal(join(folder, "nowhere"));
    expect(none).toBeInstanceOf(DataError);
    expect(none.message).toBe(`there is no run folder ${join(folder, "nowhere")}`);
    writeFileSync(join(folder, "recipe.yaml"), "dataset: topics\n");
    expect((await refusal(folder)).message).toContain("is unfinished");
  });

  it("fewer rows of a class than folds, or folds that aren't", async () => {
    const { run, folder } = await finishedRun({});
    for (const folds of [1, 2.5]) {
      const error = await refusal(run, { folds });
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toContain(`folds: ${folds}`);
    }
    const few = [
      ...topicRows(40, 1).filter(({ label }) => label !== "money"),
      ...topicRows(40, 1)
        .filter(({ label }) => label === "money")
        .slice(0, 3),
    ];
    writeFileSync(join(folder, "topics", "train.csv"), csv(few));
    const error = await refusal(run);
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe(
      'class "money" has 3 rows, too few for 5 folds: every fold needs one; give 3 folds or fewer, or add rows',
    );
  });

  it("a run from scratch, which had no pretrained encoder", async () => {
    const { run } = await finishedRun({ trainable: "all", fromScratch: true, epochs: 1 });
    const error = await refusal(run);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain("was trained from scratch");
  });
});
