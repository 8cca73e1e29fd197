import { execFile, spawn } from "node:child_process";
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

const main = fileURLToPath(new URL("../../src/app/cli/main.ts", import.meta.url));
let folder: string;
let data: string;
let model: string;
let recipe: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  data = join(folder, "news.csv");
  model = join(folder, "model");
  recipe = join(folder, "news.yaml");
  await writeNews(data, 240);
  await writeTinyModel(model);
  await writeFile(
    recipe,
    [
      `dataset: ${data}`,
      `model: ${model}`,
      "trainable: all",
      "head: linear",
      "epochs: 6",
      "batchSize: 16",
      "learningRate: 5e-3",
    ].join("\n"),
  );
});

const run = (...args: string[]) => textune("train", recipe, "--feature-cache", "false", ...args);
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe("train, predict, evaluate", () => {
  test("a recipe becomes a run that predicts", async () => {
    const output = join(folder, "run");
    const trained = await run("--output", output);
    // Made of few words, the news repeats itself: the command says so and trains.
    expect(trained.stderr).toContain("warning: heldOut shares ");
    const strict = await run("--output", join(folder, "strict"), "--strict");
    expect(strict).toMatchObject({ code: 1, stdout: "" });
    expect(strict.stderr).toMatch(/^error: strict: .*heldOut shares/);
    expect(await exists(join(folder, "strict"))).toBe(false);
    expect(trained.code).toBe(0);
    expect(trained.stdout).toContain("majority class");
    for (const file of [
      "history.jsonl",
      "metrics.json",
      "report.html",
      "history.svg",
      "history.png",
      "recipe.yaml",
    ]) {
      expect(await exists(join(output, file)), file).toBe(true);
    }
    for (const file of ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]) {
      expect(await exists(join(output, "model", file)), file).toBe(true);
    }

    const predicted = await textune("predict", output, "the bank stock", "a team match", "--json");
    const [money, sport] = predicted.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(money).toMatchObject({ text: "the bank stock", label: "money" });
    expect(sport.label).toBe("sport");
    expect(money.scores.money + money.scores.sport).toBeCloseTo(1, 6);

    const evaluated = await textune("evaluate", output, data, "--json");
    const report = JSON.parse(evaluated.stdout);
    expect(report.rows).toBe(240);
    expect(report.accuracy).toBeGreaterThan(0.95);
    expect((await textune("evaluate", output, data)).stdout).toContain("macro average");

    const partly = join(folder, "partly.csv");
    await writeFile(partly, "text,label\nthe bank stock,money\na team match,\na goal,-1\n");
    const refused = await textune("evaluate", output, partly);
    expect(refused.stderr).toContain("row 1 of ");
    expect(refused.stderr).toContain("dropUnlabelled");
    const rest = await textune("evaluate", output, partly, "--drop-unlabelled", "--json");
    expect(JSON.parse(rest.stdout).rows).toBe(1);
    expect(rest.stderr).toContain("2 rows without a label left out");
  });

  test("--json prints the metrics alone, and flags win over the recipe", async () => {
    const output = join(folder, "run-json");
    const { stdout, code } = await run("--output", output, "--json", "--epochs", "1", "--seed", "7");
    expect(code).toBe(0);
    const record = JSON.parse(stdout);
    expect(record.recipe).toMatchObject({ epochs: 1, seed: 7, batchSize: 16 });
    expect(record.history).toHaveLength(1);
    expect(JSON.parse(await readFile(join(output, "metrics.json"), "utf8")).labels).toEqual([
      "money",
      "sport",
    ]);
  });

  test("graph writes a training step that ONNX Runtime opens", async () => {
    const { InferenceSession } = await import("onnxruntime-node");
    const file = join(folder, "step.onnx");
    expect((await textune("graph", model, file, "--trainable", "top:1")).code).toBe(0);
    const session = await InferenceSession.create(file);
    expect(session.inputNames).toContain("input_ids");
    expect(session.outputNames).toContain("gradient/distilbert.transformer.layer.1.ffn.lin1.weight");
    expect(session.outputNames).not.toContain("gradient/distilbert.transformer.layer.0.ffn.lin1.weight");
  });
});

describe("bad input gets one clear line", () => {
  const cases: [what: string, args: () => string[], message: RegExp][] = [
    ["no dataset", () => ["train"], /no dataset; give --dataset/],
    ["an unknown file", () => ["train", "--dataset", join(folder, "none.csv")], /none\.csv/],
    ["an unknown recipe", () => ["train", join(folder, "none.yaml")], /there is no file/],
    ["an unknown model folder", () => ["train", recipe, "--model", join(folder, "none")], /no model folder/],
    ["an unknown column", () => ["train", recipe, "--label-column", "lable"], /did you mean "label"/],
    ["an unknown split", () => ["train", recipe, "--evaluate", "tset"], /tset/],
    ["a wrong number", () => ["train", recipe, "--epochs", "0"], /epochs/],
    ["a class that isn't there", () => ["train", recipe, "--labels", "money,weather"], /sport/],
    [
      "a pattern that matches nothing",
      () => ["train", recipe, "--trainable", "encoder.*,x"],
      /no parameter is named like/,
    ],
    ["a folder that is in use", () => ["train", recipe, "--output", folder], /not empty.*--overwrite/],
    ["a folder below a file", () => ["train", recipe, "--output", join(data, "run")], /can't (write|read)/],
    ["an empty text", () => ["predict", model, ""], /empty/],
    ["a model that isn't there", () => ["predict", join(folder, "none"), "text"], /no model folder/],
  ];
  test.each(cases)("%s", async (_, args, message) => {
    const fresh = join(folder, "fresh");
    const given = args();
    const named = given.includes("--output") || given[0] !== "train" ? [] : ["--output", fresh];
    const { code, stdout, stderr } = await textune(...given, ...named);
    expect(await exists(fresh)).toBe(false);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    // The model that is asked here was never trained, which is warned of beside the error.
    const lines = stderr.trim().split("\n");
    const errors = lines.filter((line) => !line.startsWith("warning: The classifier's head is untrained"));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^error: /);
  });

  test("a recipe names the keys at fault", async () => {
    const bad = join(folder, "bad.yaml");
    await writeFile(bad, "dataset: x\nepoch: 3\nbatchSize: many\n");
    const { stderr } = await textune("train", bad);
    expect(stderr).toContain('no key "epoch"; did you mean "epochs"?');
    expect(stderr).toContain("batchSize: ");
  });

  test("an unknown flag is refused with a suggestion", async () => {
    const { code, stderr } = await textune("train", recipe, "--bacth-size", "3");
    expect(code).toBe(1);
    expect(stderr).toContain("--batch-size");
  });

  test("a text longer than the model's positions is named", async () => {
    const long = join(folder, "long.csv");
    await writeFile(long, `text,label\na b,money\n${"goal ".repeat(40)},sport\nnew,money\nold,sport\n`);
    const { stderr, code } = await textune(
      "train",
      ...["--dataset", long, "--model", model, "--truncation", "false", "--evaluate", "train"],
      ...["--output", join(folder, "long"), "--feature-cache", "false"],
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/row 1 of .*long\.csv.* has 42 tokens and the model reads 16/);
  });

  test("--verbose adds the stack", async () => {
    const { stderr } = await textune("train", join(folder, "none.yaml"), "--verbose");
    expect(stderr).toContain("at ");
  });
});

describe("as a process", () => {
  test("exits with 1 and no stack trace", async () => {
    const failed = await promisify(execFile)("npx", ["tsx", main, "predict", "/none/at/all", "x"]).catch(
      (error) => error,
    );
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("error: there is no model folder /none/at/all");
    expect(failed.stderr).not.toMatch(/^\s+at /m);
  });

  test("Ctrl-C stops cleanly and keeps what was finished", async () => {
    const output = join(folder, "interrupted");
    const child = spawn(
      process.execPath,
      [
        "--import",
        "tsx",
        main,
        "train",
        recipe,
        "--output",
        output,
        "--epochs",
        "5000",
        "--feature-cache",
        "false",
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    await new Promise<void>((resolve) => {
      let seen = "";
      child.stdout.on("data", (chunk) => {
        seen += chunk;
        if (/ 3\/5000 /.test(seen)) resolve();
      });
    });
    child.kill("SIGINT");
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(130);
    expect(stderr).toContain("stopped by the user");
    expect(stderr).not.toMatch(/^\s+at /m);
    const history = (await readFile(join(output, "history.jsonl"), "utf8")).trim().split("\n");
    expect(history.length).toBeGreaterThanOrEqual(3);
    expect(history.map((line) => JSON.parse(line).epoch)).toEqual(history.map((_, i) => i + 1));
    expect(await exists(join(output, "metrics.json"))).toBe(false);
  });
});
