import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { DataError, TextClassifier } from "../../src/index.ts";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

const words = ["goal", "match", "bank", "stock", "today", "week"];

describe("a model of sentence pairs", () => {
  let folder: string;
  let data: string;
  let run: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeTinyModel(join(folder, "model"));
    const rows = Array.from({ length: 60 }, (_, i) => {
      const [a, b] = [words[i % 6]!, words[(i * 5 + (i % 2)) % 6]!];
      return `${a} new,${b} big,${a === b ? "same" : "other"}`;
    });
    data = join(folder, "pairs.csv");
    await writeFile(data, `premise,hypothesis,label\n${rows.join("\n")}\n`);
    run = join(folder, "my run");
    const trained = await textune(
      ...["train", "--dataset", data, "--model", join(folder, "model"), "--trainable", "all"],
      ...["--text-columns", "premise,hypothesis", "--epochs", "1", "--output", run],
    );
    expect(trained).toMatchObject({ code: 0 });
    expect(trained.stdout).toContain(`predict '${run}' "the first text" --pair "the second text"\n`);
  });

  test("says everywhere how it is used", async () => {
    const card = await readFile(join(run, "model", "README.md"), "utf8");
    expect(card).toContain('predict({ text: "the first text", pair: "the second text" })');
    const page = await readFile(join(run, "report.html"), "utf8");
    expect(page).toContain("--pair");
    expect(JSON.parse(await readFile(join(run, "metrics.json"), "utf8"))).toMatchObject({ pair: true });
  });

  test("classifies pairs, and refuses single texts", async () => {
    const both = await textune("predict", run, "goal new", "--pair", "goal big");
    expect(both.stdout).toMatch(/^(same|other)\t0\.\d{4}\tgoal new \/ goal big\n$/);
    const single = await textune("predict", run, "goal new");
    expect(single.stderr).toMatch(/^error: the model was trained on pairs of texts; give the second .*\n$/);
    const classifier = await TextClassifier.fromPretrained(join(run, "model"));
    await expect(classifier.predict(["goal", "bank"])).rejects.toThrow(DataError);
    expect(await classifier.predict([])).toEqual([]);
  });

  test("is scored on pairs alone", async () => {
    expect(await textune("evaluate", run, data)).toMatchObject({ code: 0 });
    const single = await textune("evaluate", run, data, "--text-columns", "premise");
    expect(single.stderr).toMatch(
      /^error: .*has one text column, premise, and the model was trained on pairs; .*\n$/,
    );
  });

  test("is told from one of single texts", async () => {
    const news = join(folder, "news.csv");
    await writeNews(news, 40);
    const single = join(folder, "single");
    const flags = ["--model", join(folder, "model"), "--trainable", "all", "--epochs", "1"];
    const trained = await textune("train", "--dataset", news, ...flags, "--output", single);
    expect(trained.stdout).toMatch(/ {2}textune predict \S+ "a text to classify"\n$/);
    const pair = await textune("predict", single, "goal new", "--pair", "goal big");
    expect(pair.stderr).toMatch(/^error: the model was trained on single texts, not on pairs; .*\n$/);
    const scored = await textune("evaluate", single, news, "--text-columns", "text,label");
    expect(scored.stderr).toMatch(/^error: .* has the text columns text and label, and .*\n$/);
  });
});
