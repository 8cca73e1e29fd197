import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { PairedRuns } from "../../src/app/runs/comparison.ts";
import { mcnemarExact } from "../../src/core/evaluation/compare.ts";
import { type Comparison, ConfigError, compareRuns, DataError, type TextuneError } from "../../src/index.ts";
import { far, near, sharedFolder, trainRun } from "./runs.ts";

let folder: string;
let trained: string;
let hasty: string;
let comparison: Comparison;

beforeAll(async () => {
  folder = await sharedFolder();
  trained = await trainRun(join(folder, "trained"), { epochs: 8 });
  hasty = await trainRun(join(folder, "hasty"), { epochs: 1, learningRate: 3e-4, seed: 7 });
  comparison = await compareRuns([trained, hasty]);
});

interface Line {
  label: number;
  predicted: number;
  texts: string[];
  probabilities: number[];
}
const lines = (run: string, split: string): Line[] =>
  readFileSync(join(run, "predictions", `${split}.jsonl`), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const isRight = ({ label, predicted }: Line) => label === predicted;

function paired(comparison: Comparison, split: string): PairedRuns {
  const pair = comparison.splits.find((other) => other.split === split)!.pairs[0]!;
  if (!pair.paired) throw new Error(pair.reason);
  return pair;
}

/** The one line that a comparison fails with. */
async function failure(...folders: string[]): Promise<TextuneError> {
  const error = await compareRuns(folders).then(
    () => undefined,
    (reason: TextuneError) => reason,
  );
  expect(error?.message).not.toContain("\n");
  return error!;
}

describe("two runs over the same rows", () => {
  it.each(["matched", "mismatched"])("are paired row by row on %s", (split) => {
    const [a, b] = [lines(trained, split), lines(hasty, split)];
    const count = (first: boolean, second: boolean) =>
      a.filter((row, i) => isRight(row) === first && isRight(b[i]!) === second).length;
    const { result, adjustedPValue } = paired(comparison, split);
    expect(result).toMatchObject({
      rows: a.length,
      bothRight: count(true, true),
      onlyFirstRight: count(true, false),
      onlySecondRight: count(false, true),
      bothWrong: count(false, false),
    });
    const accuracy = (run: number) =>
      comparison.runs[run]!.record.evaluations.find((other) => other.split === split)!.report.accuracy;
    expect(result.difference).toBeCloseTo(accuracy(0) - accuracy(1), 12);
    // The runs must differ, or the test would say nothing.
    expect(result.onlyFirstRight).toBeGreaterThan(10);
    expect(result.pValue).toBe(mcnemarExact(result.onlyFirstRight, result.onlySecondRight));
    expect(result.pValue).toBeLessThan(0.05);
    expect(result.interval.low).toBeGreaterThan(0);
    expect(adjustedPValue).toBe(result.pValue);
  });

  it("list the rows on which they disagree, those on which both are surest first", () => {
    const [a, b] = [lines(trained, "matched"), lines(hasty, "matched")];
    const { onlyFirstRight, result } = paired(comparison, "matched");
    expect(onlyFirstRight).toHaveLength(Math.min(20, result.onlyFirstRight));
    for (const { rows, texts, genre, label, predicted, probabilities } of onlyFirstRight) {
      const [first, second] = [a[rows[0]]!, b[rows[1]]!];
      expect([isRight(first), isRight(second)]).toEqual([true, false]);
      expect([first.texts, second.texts]).toEqual([texts, texts]);
      expect(near.texts()[0]![rows[0]]).toBe(texts[0]);
      expect(genre).toBe(near.column("genre")[rows[0]]);
      expect([first.label, first.predicted, second.predicted]).toEqual([label, ...predicted]);
      expect(probabilities).toEqual([Math.max(...first.probabilities), Math.max(...second.probabilities)]);
    }
    const sureness = onlyFirstRight.map(({ probabilities: [p, q] }) => p * q);
    expect(sureness).toEqual([...sureness].sort((x, y) => y - x));
  });

  it("have an accuracy per genre where the data names genres", () => {
    const [a] = [lines(trained, "matched")];
    const [matched, mismatched] = comparison.splits;
    expect(matched!.genres.map(({ genre }) => genre)).toEqual(["letters", "radio", "travel"]);
    const radio = a.filter((_, i) => near.column("genre")[i] === "radio");
    expect(matched!.genres[1]!.scores[0]).toEqual({ rows: 20, right: radio.filter(isRight).length });
    expect(mismatched!.genres).toEqual([]);
  });

  it("differ in the settings that were changed, and in no other", () => {
    expect(comparison.differences).toEqual([
      { key: "epochs", values: [8, 1] },
      { key: "learningRate", values: [3e-3, 3e-4] },
      { key: "seed", values: [42, 7] },
    ]);
  });

  it("are set matched against mismatched", () => {
    const { matched, mismatched, runs } = comparison.mismatch!;
    expect([matched, mismatched]).toEqual(["matched", "mismatched"]);
    const share = (rows: Line[]) => rows.filter(isRight).length / rows.length;
    for (const [i, run] of [trained, hasty].entries()) {
      const [p, q] = [share(lines(run, "matched")), share(lines(run, "mismatched"))];
      expect(runs[i]!.difference).toBeCloseTo(p - q, 12);
      expect(runs[i]!.low).toBeLessThan(p - q);
      expect(runs[i]!.high).toBeGreaterThan(p - q);
    }
  });

  it("are plain data", () => {
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
  });
});

it("pairs rows that were shuffled differently", async () => {
  const shuffled = await trainRun(join(folder, "shuffled"), {
    epochs: 8,
    evaluate: { matched: near.shuffle({ seed: 5 }), mismatched: far },
  });
  const { result } = paired(await compareRuns([trained, shuffled]), "matched");
  expect(result).toMatchObject({ rows: 60, onlyFirstRight: 0, onlySecondRight: 0, pValue: 1 });
});

it("adjusts the p-values of more than two runs", async () => {
  const again = await trainRun(join(folder, "again"), { epochs: 1, seed: 3 });
  const { splits } = await compareRuns([trained, hasty, again]);
  const pairs = splits[0]!.pairs.filter((pair) => pair.paired);
  expect(pairs.map(({ first, second }) => [first, second])).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
  const least = pairs.reduce((a, b) => (a.result.pValue < b.result.pValue ? a : b));
  expect(least.adjustedPValue).toBeCloseTo(Math.min(1, 3 * least.result.pValue), 12);
  for (const { adjustedPValue, result } of pairs)
    expect(adjustedPValue).toBeGreaterThanOrEqual(result.pValue);
});

it("names runs by as much of their path as tells them apart", async () => {
  const twin = join(folder, "elsewhere", "trained");
  await cp(trained, twin, { recursive: true });
  const { runs, differences } = await compareRuns([trained, hasty, twin]);
  expect(runs.map(({ name }) => name.replaceAll("\\", "/"))).toEqual([
    `${folder.split(/[/\\]/).at(-1)}/trained`,
    "hasty",
    "elsewhere/trained",
  ]);
  expect(differences[0]!.values).toEqual([8, 1, 8]);
});

describe("runs that can't be paired say why", () => {
  const reason = async (other: string) => {
    const pair = (await compareRuns([trained, other])).splits[0]!.pairs[0]!;
    return pair.paired ? undefined : pair.reason;
  };
  const copy = async (name: string) => {
    await cp(hasty, join(folder, name), { recursive: true });
    return join(folder, name);
  };

  it("other rows", async () => {
    const run = await copy("other-rows");
    const path = join(run, "predictions", "matched.jsonl");
    const rows = lines(run, "matched");
    rows[3]!.texts = ["another text"];
    rows[4]!.label = (rows[4]!.label + 1) % 3;
    writeFileSync(path, rows.map((row, i) => `${JSON.stringify({ ...row, row: i })}\n`).join(""));
    expect(await reason(run)).toBe(
      "they were evaluated on different rows: 2 of 60 differ in their text or class",
    );
  });

  it("more rows", async () => {
    const run = await trainRun(join(folder, "fewer"), { epochs: 1, evaluate: { matched: near.take(50) } });
    expect(await reason(run)).toBe("one was evaluated on 60 rows and the other on 50");
    const { splits, mismatch } = await compareRuns([trained, run]);
    expect(splits[1]!.pairs).toEqual([]);
    expect(mismatch!.runs[1]).toBeNull();
  });

  it("no predictions", async () => {
    const run = await copy("no-predictions");
    rmSync(join(run, "predictions"), { recursive: true });
    expect(await reason(run)).toBe(`there is no ${join(run, "predictions", "matched.jsonl")}`);
  });

  it("other classes", async () => {
    const run = await copy("other-classes");
    const path = join(run, "metrics.json");
    const record = JSON.parse(readFileSync(path, "utf8")) as { labels: string[] };
    writeFileSync(path, JSON.stringify({ ...record, labels: record.labels.toReversed() }));
    expect(await reason(run)).toBe("their classes differ");
  });
});

describe("a folder that is no finished run is named", () => {
  it("what is missing", async () => {
    expect((await failure(trained, join(folder, "nowhere"))).message).toContain("there is no run folder");
    writeFileSync(join(folder, "file"), "");
    expect((await failure(join(folder, "file"), trained)).message).toContain("is a file");
    expect((await failure(trained, folder)).message).toBe(
      `${folder} is not the folder of a run: it has no metrics.json`,
    );
    const unfinished = join(folder, "unfinished");
    mkdirSync(unfinished);
    writeFileSync(join(unfinished, "recipe.yaml"), "dataset: news.csv\n");
    const error = await failure(trained, unfinished);
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain(`the run in ${unfinished} is unfinished`);
  });

  it("what can't be read", async () => {
    const broken = join(folder, "broken");
    mkdirSync(broken);
    const write = (text: string) => writeFileSync(join(broken, "metrics.json"), text);
    const record = JSON.parse(readFileSync(join(trained, "metrics.json"), "utf8")) as Record<string, unknown>;
    write(JSON.stringify(record).slice(0, 2000));
    expect((await failure(trained, broken)).message).toContain("metrics.json is damaged");
    write("[]");
    expect((await failure(trained, broken)).message).toContain("is not the record of a run");
    write(JSON.stringify({ ...record, textuneVersion: "0.0.1", model: { name: "bert" } }));
    expect((await failure(trained, broken)).message).toMatch(
      /was written by textune 0\.0\.1 and textune \S+ can't read it \(model\.\w+: .*\); train the run again/,
    );
  });

  it("a damaged line of predictions", async () => {
    const run = join(folder, "damaged-line");
    await cp(hasty, run, { recursive: true });
    const path = join(run, "predictions", "mismatched.jsonl");
    appendFileSync(path, '{"row": 40, "la');
    expect((await failure(trained, run)).message).toContain(`${path}, line 41 is not valid JSON`);
    const rows = lines(hasty, "mismatched");
    writeFileSync(path, rows.map((row) => JSON.stringify({ ...row, predicted: 3 })).join("\n"));
    expect((await failure(trained, run)).message).toMatch(
      /line 1 is no prediction that textune can read \(predicted:/,
    );
  });

  it("too few runs, or one twice", async () => {
    const error = await failure(trained);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain("at least two runs");
    expect((await failure(trained, hasty, `${trained}/`)).message).toContain("is named twice");
  });
});
