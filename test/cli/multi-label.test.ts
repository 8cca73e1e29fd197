import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder, textune, writeTinyModel } from "./workspace.ts";

const sport = ["goal", "match", "team", "coach", "league", "score"];
const money = ["bank", "stock", "price", "market", "profit", "trade"];
const filler = ["today", "new", "big", "says", "old", "week"];

/** Every row with its own words: none, one or both topics. */
function rowsOf(count: number, from: number): { text: string; labels: string[] }[] {
  return Array.from({ length: count }, (_, k) => {
    const i = from + k;
    const pick = (list: string[], step: number) => list[Math.floor(i / step) % list.length]!;
    const labels = [[], ["sport"], ["money"], ["money", "sport"]][i % 4]!;
    const words = [
      ...(labels.includes("sport") ? [pick(sport, 1), pick(sport, 5)] : []),
      pick(filler, 3),
      ...(labels.includes("money") ? [pick(money, 2), pick(money, 7)] : []),
      pick(filler, 11),
    ];
    return { text: words.join(" "), labels };
  });
}

let folder: string;
let data: string;
let run: string;
const flags = () => [
  ...["--dataset", data, "--model", join(folder, "model"), "--head", "linear", "--trainable", "all"],
  ...["--epochs", "6", "--batch-size", "16", "--learning-rate", "5e-3", "--feature-cache", "false"],
];

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeTinyModel(join(folder, "model"));
  data = await temporaryFolder();
  for (const [name, rows] of Object.entries({
    train: rowsOf(160, 0),
    validation: rowsOf(60, 500),
    test: rowsOf(60, 900),
  })) {
    await writeFile(join(data, `${name}.jsonl`), rows.map((row) => JSON.stringify(row)).join("\n"));
  }
  run = join(folder, "run");
  const trained = await textune("train", ...flags(), "--thresholds", "best", "--output", run);
  expect(trained).toMatchObject({ code: 0 });
  expect(trained.stdout).toContain("2 classes, any number a row");
  expect(trained.stdout).toContain(
    "1.00 classes a row on average; 40 rows have none, 80 one, 40 two, 0 more",
  );
  expect(trained.stdout).toMatch(/micro-F1 +macro-F1 +exact match\nthis model +\d+\.\d% +\d+\.\d% +\d+\.\d%/);
  expect(trained.stdout).toMatch(/epoch +loss \(sum\) +loss +train exact +validation/);
});

describe("a multi-label run", () => {
  test("is scored, and its record is whole", async () => {
    const record = JSON.parse(await readFile(join(run, "metrics.json"), "utf8"));
    expect(record).toMatchObject({ task: "multiLabel", labels: ["money", "sport"] });
    const { report, majorityBaseline, everyClassBaseline } = record.evaluations.at(-1);
    expect(report.microF1).toBeGreaterThan(0.9);
    expect(majorityBaseline.label).toEqual([]);
    expect(everyClassBaseline).toMatchObject({ accuracy: 0.25, microF1: expect.closeTo(2 / 3) });
    const evaluated = await textune("evaluate", run, data, "--split", "test", "--json");
    // Rows are in another order than in the run, and sums round otherwise.
    const { microF1, accuracy, perClass, thresholds } = report;
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ microF1, accuracy, perClass, thresholds });
    const text = await textune("evaluate", run, data, "--split", "test", "--thresholds", "0.99,0");
    expect(text.stdout).toMatch(/sport +0\.00 +50\.0% +100\.0%/);
  });

  test("predicts every class that applies", async () => {
    const texts = ["goal match today bank stock big", "today says old"];
    const { stdout } = await textune("predict", run, ...texts, "--json");
    const [both, none] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(new Set(both.labels)).toEqual(new Set(["sport", "money"]));
    expect(none).toMatchObject({ text: "today says old", labels: [] });
    expect(Object.keys(none)).toEqual(["text", "labels", "scores"]);
    const plain = await textune("predict", run, ...texts);
    expect(plain.stdout).toMatch(
      /^(sport|money) 0\.\d{4}, (sport|money) 0\.\d{4}\tgoal match today bank stock big\n\(no class\)\ttoday/,
    );
    const all = await textune("predict", run, "today says old", "--thresholds", "0");
    expect(all.stdout.split("\t")[0]).toMatch(/sport.*money|money.*sport/);
    expect((await textune("predict", run, "goal", "--thresholds", "a")).code).toBe(1);
  });

  test("has a report, a figure and a model card that say sets", async () => {
    const html = await readFile(join(run, "report.html"), "utf8");
    for (const text of [
      "Micro-F1 on test",
      "Exact match",
      "F1 per class",
      "Hamming loss",
      "most frequent set",
    ]) {
      expect(html).toContain(text);
    }
    expect(html).not.toContain("Confusion matrix");
    expect(await readFile(join(run, "classes-test.svg"), "utf8")).toContain("<svg");
    const card = await readFile(join(run, "model", "README.md"), "utf8");
    expect(card).toContain("of which any number may apply to a text");
    expect(card).toContain("const { labels, scores } = await classifier.predict");
  });

  test("is compared with another by whole sets, and not with one of single classes", async () => {
    const other = join(folder, "other");
    await textune("train", ...flags(), "--seed", "7", "--class-weights", "balanced", "--output", other);
    const compared = await textune("compare", run, other, "--output", join(folder, "comparison"));
    expect(compared).toMatchObject({ code: 0 });
    expect(compared.stdout).toMatch(/exact match +\d/);
    expect(compared.stdout).toMatch(/micro-F1 +\d/);
    const page = await readFile(join(folder, "comparison", "comparison.html"), "utf8");
    expect(page).toContain("Exact match on test");
  });

  test("is no run to find suspects in", async () => {
    const { code, stderr } = await textune("data", "suspects", run);
    expect([code, stderr]).toEqual([1, expect.stringContaining("has rows of several classes")]);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("data in other forms", () => {
  test("separated text and columns of 0 and 1 are flags", async () => {
    const rows = rowsOf(80, 0);
    const joined = join(folder, "joined.csv");
    await writeFile(
      joined,
      ["text,topics", ...rows.map(({ text, labels }) => `${text},${labels.join(";")}`)].join("\n"),
    );
    const columns = join(folder, "columns.csv");
    const flag = (labels: string[], name: string) => Number(labels.includes(name));
    await writeFile(
      columns,
      [
        "text,money,sport",
        ...rows.map(({ text, labels }) => `${text},${flag(labels, "money")},${flag(labels, "sport")}`),
      ].join("\n"),
    );
    const labelled = {
      [joined]: ["--label-column", "topics", "--label-separator", ";"],
      [columns]: ["--label-columns", "money,sport"],
    };
    for (const [path, options] of Object.entries(labelled)) {
      const described = await textune("data", path, ...options, "--json");
      expect(JSON.parse(described.stdout).splits[0].labels).toMatchObject({
        names: ["money", "sport"],
        counts: [40, 40],
        sets: { rowsBySize: [20, 40, 20] },
      });
      const shown = await textune("data", path, ...options);
      expect(shown.stdout).toContain("most often together: money + sport (20)");
      const scored = await textune("evaluate", run, path, ...options, "--json");
      expect(JSON.parse(scored.stdout)).toMatchObject({ task: "multiLabel", rows: 80 });
      const trained = await textune(
        "train",
        ...flags(),
        "--dataset",
        path,
        ...options,
        "--epochs",
        "1",
        "--output",
        `${path}-run`,
      );
      expect(trained).toMatchObject({ code: 0 });
    }
  });

  test("what is wrong is one line", async () => {
    const error = async (...args: string[]) => {
      const { code, stderr } = await textune("train", ...flags(), "--output", join(folder, "never"), ...args);
      expect([code, stderr.trim().split("\n").length]).toEqual([1, 1]);
      return stderr;
    };
    expect(await error("--task", "singleLabel")).toContain(
      "has a list of classes where one class is expected",
    );
    expect(await error("--label-smoothing", "0.1")).toContain("labelSmoothing is for one class a row");
    expect(await error("--thresholds", "2")).toContain("the flags: thresholds: ");
    expect(await error("--thresholds", "best", "--evaluate", "test")).toContain("that is no test split");
    expect(await error("--label-columns", "a,b", "--label-column", "labels")).toContain(
      "give one or the other",
    );
    expect(await error("--loss", "crossEntropy")).toContain("crossEntropy is for one class a row");
    const broken = join(folder, "broken.csv");
    await writeFile(broken, "text,a,b\ngoal,1,0\nbank,2,1\n");
    expect(await error("--dataset", broken, "--label-columns", "a,b")).toMatch(
      /broken\.csv.*has 2 in "a", where 0 or 1/,
    );
  });
});
