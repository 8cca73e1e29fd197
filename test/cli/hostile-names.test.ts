import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, textune, writeTinyModel } from "./workspace.ts";

/** What may not reach a terminal: controls, bidirectional controls, separators, half pairs; but for our colours. */
const raw = /[^\P{Cc}\t\n]|[\p{Bidi_Control}\p{Cs}\u2028\u2029\ufffe\uffff]/u;

/** Names that every object answers to, and signs that a terminal obeys. */
const classes = [
  ...Object.getOwnPropertyNames(Object.prototype),
  ...["length", "prototype", "\u001b[2J", "\u009b2J", "\u202eabc", "a\u007f"],
];
const words = ["goal", "match", "team", "coach", "bank", "stock", "price", "market"];

let folder: string;
let data: string;
let run: string;

const lines = (rows: number) =>
  Array.from({ length: rows }, (_, i) => {
    const text = `${words[i % words.length]} ${words[(i * 3) % words.length]} \u001b]0;title\u0007\u009b1m`;
    return `${JSON.stringify({ text, label: classes[i % classes.length] })}\n`;
  }).join("");

/** A command that must end well and print nothing that a terminal obeys. */
async function clean(...args: string[]) {
  const result = await textune(...args);
  expect(result.stderr).not.toMatch(/error/);
  expect(result.code).toBe(0);
  expect(result.stdout + result.stderr).not.toMatch(raw);
  return result;
}

beforeAll(async () => {
  folder = await temporaryFolder();
  data = join(folder, "data");
  run = join(folder, "run");
  await mkdir(data);
  for (const [split, rows] of [
    ["train", 8 * classes.length],
    ["constructor", 2 * classes.length],
    ["__proto__", classes.length],
  ] as const) {
    await writeFile(join(data, `of-${split}.jsonl`), lines(rows));
  }
  const files = ["train", "constructor", "__proto__"].map((split) => ({ split, path: `of-${split}.jsonl` }));
  const configs = JSON.stringify([{ config_name: "default", data_files: files }]);
  await writeFile(join(data, "README.md"), `---\nconfigs: ${configs}\n---\n`);
  await writeTinyModel(join(folder, "model"));
  const { stdout } = await clean(
    ...["train", "--dataset", data, "--model", join(folder, "model"), "--trainable", "head", "--epochs", "2"],
    ...["--evaluate", "constructor,__proto__", "--output", run, "--feature-cache", "false"],
  );
  expect(stdout).toContain("report.html");
});

describe("classes and splits that are named like a property of every object, or like a command to a terminal", () => {
  it("are trained, evaluated and kept in the record under their names", async () => {
    const record = JSON.parse(await readFile(join(run, "metrics.json"), "utf8"));
    expect([...record.labels].sort()).toEqual([...classes].sort());
    for (const entry of record.history)
      expect(Object.keys(entry.evaluations)).toEqual(["constructor", "__proto__"]);
    const page = await readFile(join(run, "report.html"), "utf8");
    expect(page).not.toMatch(raw);
    expect(page).toContain("Results on __proto__");
    const config = JSON.parse(await readFile(join(run, "model", "config.json"), "utf8"));
    expect(Object.keys(config.label2id).sort()).toEqual([...classes].sort());
  });

  it("are predicted and scored", async () => {
    const { stdout } = await clean("predict", run, "goal match \u009b2J\u202e", "--json");
    const { scores } = JSON.parse(stdout);
    expect(Object.keys(scores).sort()).toEqual([...classes].sort());
    await clean("predict", run, "goal match \u009b2J\u202e");
    await clean("evaluate", run, join(data, "of-constructor.jsonl"));
    const evaluated = await clean("evaluate", run, data, "--split", "__proto__", "--json");
    expect(JSON.parse(evaluated.stdout).rows).toBe(classes.length);
  });

  it("are compared", async () => {
    const again = join(folder, "again\u009b2J");
    await clean(
      ...["train", "--dataset", data, "--model", join(folder, "model"), "--seed", "7", "--epochs", "1"],
      ...["--evaluate", "constructor,__proto__", "--output", again, "--feature-cache", "false", "--json"],
    );
    const output = join(folder, "comparison");
    const { stdout } = await clean("compare", run, again, "--output", output, "--json");
    expect(JSON.parse(stdout).splits.map(({ split }: { split: string }) => split)).toEqual([
      "constructor",
      "__proto__",
    ]);
    await clean("compare", run, again, "--output", output);
    expect(await readFile(join(output, "comparison.html"), "utf8")).not.toMatch(raw);
  });

  it("are judged, described and ablated", async () => {
    const { stdout } = await clean("data", "suspects", run, "--folds", "2", "--json");
    expect(JSON.parse(stdout).labels).toHaveLength(classes.length);
    await clean("data", "suspects", run, "--folds", "2");
    const described = join(folder, "described");
    await clean("data", data, "--output", described, "--model", join(folder, "model"));
    expect(await readFile(join(described, "data.html"), "utf8")).not.toMatch(raw);
    const json = await clean("data", data, "--json");
    expect(JSON.parse(json.stdout).splits).toHaveLength(3);
    const file = join(folder, "study.yaml");
    await writeFile(
      file,
      JSON.stringify({
        title: "A study \u009b2J",
        base: {
          dataset: data,
          model: join(folder, "model"),
          epochs: 1,
          featureCache: false,
          evaluate: ["constructor", "__proto__"],
        },
        variants: { constructor: { question: "\u202e?", seed: 3 } },
      }),
    );
    const ablated = await clean("ablate", file, "--output", join(folder, "ablation"));
    expect(ablated.stdout).toContain("constructor");
    await clean("ablate", file, "--output", join(folder, "ablation"), "--json");
    await clean("graph", run, join(folder, "step\u009b2J.onnx"));
    await clean(
      "init",
      "distilbert",
      join(folder, "new\u009b2J"),
      "--tokenizer",
      join(folder, "model"),
      "--config",
      "n_layers=1",
    );
  });
});
