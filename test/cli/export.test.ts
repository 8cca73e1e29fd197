import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { exportModel, Interrupted, saveRun, TextClassifier } from "../../src/index.ts";
import { saveModel } from "../../src/node/classifier/save-model.ts";
import { test as held, quickFit, tinyClassifier, topicRows, train as topics } from "../classifier/tiny.ts";
import { randomClassifier } from "../export/random-classifier.ts";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

let folder: string;
let run: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeTinyModel(join(folder, "encoder"));
  await writeNews(join(folder, "news.csv"), 80);
  run = join(folder, "run");
  const trained = await textune(
    ...["train", "--dataset", join(folder, "news.csv"), "--model", join(folder, "encoder")],
    ...[
      "--trainable",
      "all",
      "--head",
      "huggingface",
      "--epochs",
      "4",
      "--learning-rate",
      "3e-3",
      "--output",
      run,
    ],
  );
  expect(trained).toMatchObject({ code: 0 });
});

describe("textune export", () => {
  test("writes a run's files, says how each compares, and doesn't write over them unasked", async () => {
    const web = join(folder, "deep", "web");
    const { code, stdout } = await textune("export", run, web, "--dtype", "q8,fp32,fp16", "--max-loss", "50");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^File +Size +Rows\/s +Largest difference +Same answer +Accuracy +95% interval\n/);
    expect(stdout).toMatch(/\ntextune +[\d,.]+ +\d+\.\d\d% +\d+\.\d% to \d+\.\d%\n/);
    expect(stdout).toMatch(/\nfp32 +\d.* 100\.00% .*\nfp16 .*\nq8 /);
    expect(stdout).toMatch(/Compared on 16 texts of \S*news\.csv/);
    expect(stdout).toMatch(/q8: \d+ large matrices in int8/);
    expect(stdout).toContain(`wrote ${web}\n`);
    expect((await readdir(web)).sort()).toEqual(
      ["README.md", "config.json", "export.json", "onnx", "tokenizer.json", "tokenizer_config.json"].sort(),
    );
    expect((await readdir(join(web, "onnx"))).sort()).toEqual([
      "model.onnx",
      "model_fp16.onnx",
      "model_quantized.onnx",
    ]);
    const record = JSON.parse(await readFile(join(web, "export.json"), "utf8"));
    const [fp32, fp16, q8] = record.dtypes;
    expect(fp16.bytes).toBeLessThan(fp32.bytes);
    expect(q8.calibration).toMatchObject({ rows: 64, source: expect.stringContaining("news.csv") });
    expect(fp32.parity.accuracy.accuracy).toBe(record.classifier.accuracy.accuracy);

    const again = await textune("export", run, web);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toMatch(
      /^error: .*export\.json says that there is an export already; give --overwrite.*\n$/,
    );
    const over = await textune("export", run, web, "--dtype", "fp32", "--overwrite", "--json");
    expect(JSON.parse(over.stdout).dtypes).toHaveLength(1);
    expect(await readdir(join(web, "onnx"))).toEqual(["model.onnx"]);
    expect(await readdir(join(folder, "deep"))).toEqual(["web"]);
  });

  test("a model without a run needs texts, and texts without labels can't judge a loss", async () => {
    const model = join(run, "model");
    const without = await textune("export", model, join(folder, "a"));
    expect(without.stderr).toMatch(/^error: .* is not the folder of a run, .* give a file with --texts\n$/);
    const texts = join(folder, "texts.txt");
    await writeFile(texts, "goal match\n\nbank stock\n");
    const judged = await textune("export", model, join(folder, "a"), "--texts", texts, "--max-loss", "1");
    expect(judged.stderr).toMatch(/^error: --max-loss needs labels, and .*texts\.txt has none .*\n$/);
    const { code, stdout } = await textune("export", model, join(folder, "a"), "--texts", texts);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^File +Size +Rows\/s +Largest difference +Same answer\n/);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("which have no labels of the model's classes");
  });

  test("labels that the model doesn't know, and folders of something else, are refused", async () => {
    const other = join(folder, "other.csv");
    await writeFile(other, "text,label\ngoal,sports\n");
    const unknown = await textune("export", run, join(folder, "b"), "--texts", other);
    expect(unknown.stderr).toMatch(/^error: .*other\.csv.*"sports".*\n$/);
    await mkdir(join(folder, "mine"));
    await writeFile(join(folder, "mine", "notes.txt"), "");
    const mine = await textune("export", run, join(folder, "mine"), "--overwrite");
    expect(mine.stderr).toMatch(/^error: .*mine is not empty, and nothing that textune exported; .*\n$/);
    expect((await textune("export", run, join(folder, "c"), "--dtype", "int4")).stderr).toContain(
      "none of fp32",
    );
    expect(await readdir(folder)).not.toContain("b");
  });

  test("the run of a program, which has no recipe, is compared on the rows that it was evaluated on", async () => {
    const made = join(folder, "program");
    const classifier = tinyClassifier();
    await saveRun(await classifier.fit(topics, { ...quickFit, epochs: 1, evaluate: { test: held } }), made);
    const { dtypes } = await exportModel(made, join(folder, "program-web"), { dtypes: ["fp32"] });
    expect(dtypes[0]!.parity).toMatchObject({ agreement: 1 });
    await expect(exportModel(join(made, "model"), join(folder, "model-web"))).rejects.toThrow(
      "nothing to compare answers on",
    );
  });

  test("one that is stopped leaves nothing", async () => {
    const controller = new AbortController();
    const stages = new Set<string>();
    const stopped = exportModel(run, join(folder, "stopped"), {
      signal: controller.signal,
      onProgress: ({ subject }) => {
        stages.add(subject);
        if (subject.startsWith("q8")) controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow(Interrupted);
    expect([...stages].join()).toMatch(/fp32 on texts.*errors of layers in int8.*calibration texts/);
    expect((await readdir(folder)).filter((name) => name.startsWith("stopped"))).toEqual([]);
  });

  test("a loss beyond what is allowed is an error, and nothing is left behind", async () => {
    // One logit that is decided at its median, and so small that int8 is as good as float32 by its probabilities.
    const state = randomClassifier("distilbert", { labels: ["no", "yes"], loss: "binaryCrossEntropy" });
    const [weight, bias] = ["weight", "bias"].map((name) => state.weights.get(`classifier.${name}`)!.values);
    for (const i of weight!.keys()) weight![i]! /= 8;
    bias![0] = 0;
    const texts = [...new Set(topicRows(400, 9).map(({ text }) => text))];
    const place = join(folder, "close");
    const saved = async () => {
      await saveModel(state, join(place, "model"));
      return TextClassifier.fromPretrained(join(place, "model"));
    };
    const shares = (await (await saved()).predict(texts)).map(({ scores }) => scores.yes!);
    const middle = shares.sort((a, b) => a - b)[Math.floor(shares.length / 2)]!;
    bias![0] = -Math.log(middle / (1 - middle));
    const classifier = await saved();
    const predictions = await classifier.predict(texts);
    const lines = predictions.map(({ label }, i) => `${texts[i]},${label}`);
    await writeFile(join(place, "texts.csv"), `text,label\n${lines.join("\n")}\n`);
    const flags = ["--texts", join(place, "texts.csv"), "--max-loss", "0"];
    const lost = await textune("export", join(place, "model"), join(place, "web"), ...flags);
    expect(lost.stderr).toMatch(
      /^error: q8 loses \d+\.\d\d points of accuracy \(100\.00 to \d\d\.\d\d\), more than --max-loss 0; nothing was written.*\n$/,
    );
    expect((await readdir(place)).sort()).toEqual(["model", "texts.csv"]);
    const exact = await textune(
      "export",
      join(place, "model"),
      join(place, "web"),
      ...flags,
      "--dtype",
      "fp32",
    );
    expect(exact).toMatchObject({ code: 0 });
  });
});
