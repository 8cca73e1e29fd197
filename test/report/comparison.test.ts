import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import stringWidth from "string-width";
import { beforeAll, describe, expect, it } from "vitest";
import { renderSvg } from "../../src/app/report/charts/render.ts";
import { runsChart, runsSplitPanels, runsTrainingPanels } from "../../src/app/report/charts/runs.ts";
import { measureGroups } from "../../src/app/report/comparison-measures.ts";
import { verdict } from "../../src/app/report/comparison-summary.ts";
import { comparisonText } from "../../src/app/report/terminal/comparison.ts";
import { terminalOf } from "../../src/app/report/terminal/terminal.ts";
import type { PairedRuns } from "../../src/app/runs/comparison.ts";
import { pairedComparison } from "../../src/core/evaluation/compare.ts";
import { type Comparison, compareRuns, writeComparison } from "../../src/index.ts";
import { sharedFolder, trainRun } from "../runs/runs.ts";
import { attribute, chartTexts, marks, parsePage, textOf } from "./parse.ts";

const names = ["trained", "hasty", "a-name <b>that goes on</b> & on-for-longer-than-any-column"];
let folder: string;
let two: Comparison;
let three: Comparison;

beforeAll(async () => {
  folder = await sharedFolder();
  const runs = names.map((name) => join(folder, name.replace("/", "-")));
  await trainRun(runs[0]!, { epochs: 8 });
  await trainRun(runs[1]!, { epochs: 2, learningRate: 3e-4, seed: 7 });
  await trainRun(runs[2]!, { epochs: 1, seed: 8 });
  two = await compareRuns(runs.slice(0, 2));
  three = await compareRuns(runs);
});

const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
const reportOf = (comparison: Comparison, run: number, split: string) =>
  comparison.runs[run]!.record.evaluations.find((evaluation) => evaluation.split === split)!.report;

describe.each([2, 3])("the page of %d runs", (count) => {
  const read = async () => {
    const comparison = count === 2 ? two : three;
    const path = await writeComparison(comparison, join(folder, `comparison-${count}`));
    const source = readFileSync(path, "utf8");
    const { elements, errors } = parsePage(source);
    const all = (...tags: string[]) => elements.filter((element) => tags.includes(element.tagName));
    const section = (id: string) => elements.find((element) => attribute(element, "id") === id)!;
    return { comparison, source, elements, errors, all, section };
  };

  it("is well-formed, needs nothing from elsewhere and can be read without seeing it", async () => {
    const { source, elements, errors, all } = await read();
    expect(errors).toEqual([]);
    expect(all("script", "link", "iframe", "object", "base", "img", "form")).toEqual([]);
    expect(source).not.toMatch(/url\s*\(|@import|NaN|undefined|\[object/);
    const levels = all("h1", "h2", "h3").map((heading) => Number(heading.tagName[1]));
    levels.slice(1).forEach((level, i) => {
      expect(level - levels[i]!).toBeLessThanOrEqual(1);
    });
    const ids = elements.flatMap((element) => attribute(element, "id") ?? []);
    for (const anchor of all("a")) expect(ids).toContain(attribute(anchor, "href")!.slice(1));
    for (const svg of all("svg")) expect(attribute(svg, "aria-label")!.length).toBeGreaterThan(20);
    for (const th of all("th")) expect(["row", "col", "rowgroup"]).toContain(attribute(th, "scope"));
  });

  it("has every run's numbers", async () => {
    const { comparison, section } = await read();
    const numbers = textOf(section("runs"));
    for (const [run, { record }] of comparison.runs.entries()) {
      expect(numbers).toContain(record.model.parameters.toLocaleString("en-US"));
      expect(numbers).toContain(record.history.at(-1)!.train.loss.toFixed(4));
      for (const split of ["matched", "mismatched"]) {
        const report = reportOf(comparison, run, split);
        for (const text of [report.loss.toFixed(4), percent(report.accuracy), percent(report.macroF1)]) {
          expect(numbers).toContain(text);
        }
      }
    }
  });

  it("draws every run's curves and confusion matrices", async () => {
    const { comparison, all, section } = await read();
    const drawn = (id: string) =>
      all("svg").filter((svg) => {
        let node: typeof svg.parentNode = svg;
        while (node && node !== section(id)) node = "parentNode" in node ? node.parentNode : null;
        return node !== null;
      });
    // Loss and accuracy in training and on both splits.
    expect(drawn("curves")).toHaveLength(6);
    expect(drawn("split-1")).toHaveLength(comparison.runs.length);
    expect(drawn("split-2")).toHaveLength(comparison.runs.length);
  });

  it("says which settings differ, how the splits differ, and where the runs disagree", async () => {
    const { comparison, section } = await read();
    expect(textOf(section("settings"))).toContain("learningRate");
    expect(textOf(section("settings"))).not.toContain("batchSize");
    expect(textOf(section("mismatch"))).toContain(percent(comparison.mismatch!.runs[0]!.mismatched));
    const detail = textOf(section("split-1"));
    expect(detail).toContain("Accuracy per genre");
    const pair = comparison.splits[0]!.pairs[0]!;
    if (!pair.paired) throw new Error(pair.reason);
    for (const { texts } of pair.onlyFirstRight) expect(detail).toContain(texts[0]);
    expect(detail).toContain("trained right, hasty wrong");
    expect(textOf(section("split-2"))).not.toContain("genre");
  });

  it("comes with its data and its curves", async () => {
    await read();
    expect(readdirSync(join(folder, `comparison-${count}`)).sort()).toEqual([
      "comparison.html",
      "comparison.json",
      "curves.png",
      "curves.svg",
    ]);
    const data: unknown = JSON.parse(
      readFileSync(join(folder, `comparison-${count}`, "comparison.json"), "utf8"),
    );
    expect(data).toEqual(count === 2 ? two : three);
  });
});

it("the page of two runs says in words which is better, the page of three in a table", async () => {
  const pageOf = async (count: number) =>
    parsePage(readFileSync(join(folder, `comparison-${count}`, "comparison.html"), "utf8")).elements;
  const result = async (count: number) =>
    textOf((await pageOf(count)).find((element) => attribute(element, "id") === "result")!);
  expect(await result(2)).toContain("trained is better on matched: more than chance");
  expect(await result(2)).toContain("McNemar's exact test");
  expect(await result(2)).toContain("95% bootstrap interval");
  expect(await result(3)).toContain("Every two runs on matched");
  expect(await result(3)).toContain("trained less hasty");
  expect(await result(3)).toContain("Holm");
});

describe("the curves of several runs", () => {
  const draw = (panel: ReturnType<typeof runsTrainingPanels>[number]) =>
    renderSvg({ description: "", spec: { hconcat: [panel] } });
  const history = () => three.runs.map(({ name, record }) => ({ name, history: record.history }));

  it("have a line and a last value for each run that was evaluated", async () => {
    const [loss, accuracy] = runsTrainingPanels(history());
    for (const panel of [loss, accuracy, ...runsSplitPanels(history(), "matched")]) {
      expect(marks(await draw(panel), "line")).toHaveLength(3);
    }
    const last = three.runs[0]!.record.history.at(-1)!;
    expect(chartTexts(await draw(loss))).toContain(`trained ${last.train.loss.toFixed(3)}`);
    expect(chartTexts(await draw(accuracy))).toContain(`trained ${percent(last.train.accuracy)}`);
    const [, onSplit] = runsSplitPanels(history(), "matched");
    expect(chartTexts(await draw(onSplit))).toContain(
      `trained ${percent(last.evaluations.matched!.accuracy)}`,
    );
  });

  it("leave out what long names have in common", async () => {
    const same = two.runs[0]!.record.history;
    const long = ["one", "two"].map((end) => ({
      name: `distilbert-base-uncased-on-mnli-seed-${end}`,
      history: same,
    }));
    const texts = chartTexts(await renderSvg(runsChart(long, ["matched"])));
    expect(texts.filter((text) => text.startsWith("…one "))).toHaveLength(2);
    expect(texts.filter((text) => text.startsWith("…two "))).toHaveLength(2);
  });
});

it("judges no run by its loss in training", () => {
  const training = measureGroups(two).find(({ title }) => title === "Training")!;
  const shown = training.measures.filter(({ name }) => name.startsWith("train "));
  expect(shown).toHaveLength(2);
  for (const { values, best } of shown) {
    expect(new Set(values).size).toBe(2);
    expect(best).toEqual([false, false]);
  }
});

it("marks the best scores, and none where all are equal", () => {
  const group = measureGroups(two).find(({ title }) => title === "matched")!;
  const better = reportOf(two, 0, "matched").accuracy > reportOf(two, 1, "matched").accuracy;
  expect(group.measures.find(({ name }) => name === "accuracy")!.best).toEqual([better, !better]);
  expect(group.measures.find(({ name }) => name === "loss")!.best).toEqual(
    [0, 1].map((run) => reportOf(two, run, "matched").loss < reportOf(two, 1 - run, "matched").loss),
  );
  expect(group.measures.find(({ name }) => name === "rows")!.best).toEqual([false, false]);
  const twins = { ...two, runs: [two.runs[0]!, two.runs[0]!] };
  for (const { measures } of measureGroups(twins)) {
    for (const { best } of measures) expect(best).toEqual([false, false]);
  }
});

describe("the verdict in words", () => {
  const words = (bothRight: number, onlyFirstRight: number, onlySecondRight: number, bothWrong: number) => {
    const result = pairedComparison({ bothRight, onlyFirstRight, onlySecondRight, bothWrong });
    const rows = { onlyFirstRight: [], onlySecondRight: [] };
    const pair: PairedRuns = {
      first: 0,
      second: 1,
      paired: true,
      result,
      adjustedPValue: result.pValue,
      ...rows,
    };
    const { headline, sentences } = verdict(two, { split: "test", genres: [], pairs: [pair] }, pair);
    return { headline, text: sentences.join(" ") };
  };

  it("names the better run first, whichever was given first", () => {
    const { headline, text } = words(106, 11, 44, 39);
    expect(headline).toBe("hasty is better on test: more than chance");
    expect(text).toContain("hasty is right in 75.0% of the 200 rows and trained in 58.5%: 16.5 points apart");
    expect(text).toContain("interval from 9.5 to 23.5 points");
    expect(text).toContain("right on 55 rows: hasty on 44, trained on 11");
    expect(text).toContain("fewer than 1 of 10,000 cases (McNemar's exact test, p < 0.0001)");
  });

  it("doesn't call a difference that can be chance a win", () => {
    const { headline, text } = words(100, 12, 8, 80);
    expect(headline).toBe("No clear difference on test: it can be chance");
    // scipy.stats.binomtest(8, 20).pvalue is 0.5034.
    expect(text).toContain("in 50% of cases (McNemar's exact test, p = 0.50)");
    expect(text).toContain("interval from −2.5 to 6.5 points");
  });

  it("has nothing to test where the answers are equally right", () => {
    expect(words(150, 0, 0, 50)).toEqual({
      headline: "No difference on test",
      text: "trained and hasty have the same 150 of the 200 rows right: there is nothing to test.",
    });
  });
});

describe("in the terminal", () => {
  const plain = (columns: number) => terminalOf({ columns }, {});

  it.each([60, 80, 120])("a comparison fits %d columns", (columns) => {
    for (const comparison of [two, three]) {
      const text = comparisonText(comparison, plain(columns));
      for (const line of text.split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
      expect(text).not.toMatch(/NaN|undefined|\[object/);
    }
  });

  it("shows the numbers, the settings and the verdict", () => {
    const text = comparisonText(two, plain(80));
    expect(text).toMatch(/parameters +[\d,]+ +[\d,]+\n/);
    expect(text).toContain(percent(reportOf(two, 1, "mismatched").macroF1));
    expect(text).toContain("learningRate\n    trained: 0.003\n    hasty: 0.0003");
    expect(text).toContain("trained is better on matched: more than chance");
    expect(text).toContain("matched against mismatched");
    expect(comparisonText(three, plain(80))).toContain("trained less hasty");
  });

  it("colours the best", () => {
    const text = comparisonText(two, terminalOf({ columns: 80 }, { FORCE_COLOR: "1" }));
    const accuracy = percent(reportOf(two, 0, "matched").accuracy);
    expect(text).toMatch(new RegExp(`\\u001b\\[32m *${accuracy}\\u001b\\[39m`));
  });
});
