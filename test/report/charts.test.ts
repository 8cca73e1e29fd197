import { describe, expect, it } from "vitest";
import { calibrationChart } from "../../src/app/report/charts/calibration.ts";
import { confusionChart } from "../../src/app/report/charts/confusion.ts";
import { historyChart } from "../../src/app/report/charts/history.ts";
import { labelDistributionChart } from "../../src/app/report/charts/label-distribution.ts";
import { lengthHistogramChart } from "../../src/app/report/charts/length-histogram.ts";
import { type Chart, renderPng, renderSvg } from "../../src/app/report/charts/render.ts";
import { runsChart } from "../../src/app/report/charts/runs.ts";
import type { RunRecord } from "../../src/core/training/run-record.ts";
import { attribute, bounds, chartTexts, decodePng, marks, parseSvg, textOf } from "./parse.ts";
import { agNews, firstReport, manyClasses, shortRun } from "./sample-record.ts";

const samples: [string, RunRecord][] = [
  ["20 epochs, 4 classes", agNews()],
  ["1 epoch, 2 classes", shortRun()],
  ["5 epochs, 30 classes, 2 splits", manyClasses()],
];

function charts(record: RunRecord): Record<string, Chart> {
  const report = firstReport(record);
  const train = record.data[0]!;
  return {
    history: historyChart(record.history),
    confusion: confusionChart({
      title: "Confusion matrix",
      labels: record.labels,
      confusion: report.confusion,
    }),
    calibration: calibrationChart({ title: "Calibration", bins: report.reliability, error: 0.1 }),
    labels: labelDistributionChart({ title: "Classes", labels: record.labels, counts: train.labelCounts }),
    lengths: lengthHistogramChart({ title: "Lengths", unit: "tokens", bins: train.tokenBins!, limit: 256 }),
    runs: runsChart(
      ["one", "another with a long name that goes on and on"].map((name) => ({
        name,
        history: record.history,
      })),
      [record.evaluations[0]!.split],
    ),
  };
}

describe.each(samples)("every chart of a run of %s", (_, record) => {
  it.each(Object.entries(charts(record)))("%s draws inside its frame, as SVG and PNG", async (_, chart) => {
    const svg = await renderSvg(chart);
    expect(await renderSvg(chart)).toBe(svg);
    const { width, height, box } = bounds(svg);
    expect(box.x1).toBeGreaterThanOrEqual(0);
    expect(box.y1).toBeGreaterThanOrEqual(0);
    expect(box.x2).toBeLessThanOrEqual(width);
    expect(box.y2).toBeLessThanOrEqual(height);
    // Nor is a margin left unused: text is measured, not guessed.
    expect(width - box.x2).toBeLessThan(45);
    const title = parseSvg(svg).find((element) => element.tagName === "title")!;
    expect(textOf(title)).toBe(chart.description);

    const png = decodePng(renderPng(svg, 2));
    expect(png.width).toBe(Math.round(width * 2));
    expect(png.height).toBe(Math.round(height * 2));
    expect(png.pixels.length).toBe((png.width * 4 + 1) * png.height);
    expect(new Set(png.pixels).size).toBeGreaterThan(20);
  });
});

describe("historyChart", () => {
  it("has two panels, a dot per epoch and line, and each line's last value", async () => {
    const record = agNews();
    const svg = await renderSvg(historyChart(record.history));
    const texts = chartTexts(svg);
    const last = record.history.at(-1)!;
    expect(texts).toEqual(expect.arrayContaining(["Loss", "Accuracy", "Epoch", "Mean cross-entropy (nats)"]));
    expect(texts).toContain(`train ${last.train.loss.toFixed(3)}`);
    expect(texts).toContain(`train ${(last.train.accuracy * 100).toFixed(1)}%`);
    expect(texts).toContain(`test ${(last.evaluations.test!.accuracy * 100).toFixed(1)}%`);
    expect(marks(svg, "symbol")).toHaveLength(20 * 4);
    expect(texts).toContain(`test ${last.evaluations.test!.loss.toFixed(3)}`);
    expect(marks(svg, "line")).toHaveLength(4);
  });

  it("leaves out dots where they would merge, and points that are no numbers", async () => {
    const [entry] = agNews().history;
    const long = Array.from({ length: 200 }, (_, i) => ({ ...entry!, epoch: i + 1 }));
    expect(marks(await renderSvg(historyChart(long)), "symbol")).toHaveLength(0);
    const broken = agNews().history;
    broken[3]!.train.loss = Number.NaN;
    expect(marks(await renderSvg(historyChart(broken)), "symbol")).toHaveLength(20 * 4 - 1);
  });

  it("keeps labels of equal lines apart", async () => {
    const [entry] = agNews().history;
    const score = { ...entry!.train, macroF1: 0.5 };
    const splits = Array.from({ length: 9 }, (_, i) => [`split ${i}`, score] as const);
    const history = [1, 2].map((epoch) => ({ ...entry!, epoch, evaluations: Object.fromEntries(splits) }));
    const svg = await renderSvg(historyChart(history));
    const places = marks(svg, "text")
      .filter((element) => /^split \d .*%$/.test(textOf(element)))
      .map((element) => Number(/translate\([-\d.]+,([-\d.]+)\)/.exec(attribute(element, "transform")!)![1]))
      .sort((a, b) => a - b);
    expect(places).toHaveLength(9);
    for (let i = 1; i < places.length; i++) expect(places[i]! - places[i - 1]!).toBeGreaterThanOrEqual(14.9);
  });
});

describe("confusionChart", () => {
  const { labels } = agNews();
  const { confusion } = firstReport(agNews());

  it("prints every count and its share of the true class, and nothing in empty cells", async () => {
    const texts = chartTexts(await renderSvg(confusionChart({ title: "T", labels, confusion })));
    for (const row of confusion) {
      const support = row.reduce((a, b) => a + b, 0);
      for (const count of row.filter((c) => c > 0)) {
        expect(texts).toContain(String(count));
        expect(texts).toContain(`${((count / support) * 100).toFixed(1)}%`);
      }
    }
    expect(texts).not.toContain("0");
    expect(texts.filter((text) => labels.includes(text))).toEqual([...labels, ...labels]);
  });

  it("has a cell per pair of classes and no numbers where there is no room", async () => {
    const record = manyClasses();
    const { confusion } = firstReport(record);
    const svg = await renderSvg(confusionChart({ title: "T", labels: record.labels, confusion }));
    expect(marks(svg, "rect")).toHaveLength(30 * 30);
    expect(chartTexts(svg).filter((text) => /^\d+$/.test(text))).toEqual([]);
  });

  it.each([1, 60])("draws %i classes inside its frame", async (count) => {
    const labels = Array.from({ length: count }, (_, c) => `class number ${c}`);
    const confusion = labels.map((_, t) => labels.map((_, p) => (t === p ? 5 : 0)));
    const svg = await renderSvg(confusionChart({ title: "T", labels, confusion }));
    const { width, height, box } = bounds(svg);
    expect(Math.min(box.x1, box.y1)).toBeGreaterThanOrEqual(0);
    expect(box.x2).toBeLessThanOrEqual(width);
    expect(box.y2).toBeLessThanOrEqual(height);
    expect(marks(svg, "rect")).toHaveLength(count ** 2);
  });
});

describe("calibrationChart", () => {
  it("has a dot per bin with rows and a bar per bin", async () => {
    const { reliability, calibrationError } = agNews().evaluations[0]!.report;
    const svg = await renderSvg(calibrationChart({ title: "T", bins: reliability, error: calibrationError }));
    expect(marks(svg, "symbol")).toHaveLength(reliability.filter((bin) => bin.rows > 0).length);
    expect(marks(svg, "rect")).toHaveLength(reliability.length);
    expect(chartTexts(svg).join()).toContain(
      `Expected calibration error ${(calibrationError * 100).toFixed(1)}%`,
    );
  });
});

describe("labelDistributionChart", () => {
  it("has a bar, count and share for every class, also for one without rows", async () => {
    const svg = await renderSvg(
      labelDistributionChart({ title: "Classes", labels: ["a", "b", "c"], counts: [1500, 500, 0] }),
    );
    expect(marks(svg, "rect")).toHaveLength(3);
    expect(chartTexts(svg)).toEqual(
      expect.arrayContaining([
        "Classes",
        "2,000 rows",
        "a",
        "b",
        "c",
        "1,500 (75.0%)",
        "500 (25.0%)",
        "0 (0.0%)",
      ]),
    );
  });

  it("cuts long names, keeps equal ones apart and escapes what they hold", async () => {
    const long = `${"very ".repeat(20)}long`;
    const labels = [`${long} 1`, `${long} 2`, `<b>&"'`, "新しい"];
    const svg = await renderSvg(labelDistributionChart({ title: "T", labels, counts: [1, 2, 3, 4] }));
    const texts = chartTexts(svg);
    expect(texts.filter((text) => /^very .*…/.test(text)).map((text) => text.slice(-6))).toEqual([
      "long 1",
      "long 2",
    ]);
    expect(texts).toContain(`<b>&"'`);
    expect(texts).toContain("新しい");
    expect(marks(svg, "rect")).toHaveLength(4);
  });
});

describe("lengthHistogramChart", () => {
  const bins = { width: 10, rows: [0, 5, 9, 4, 0, 1] };

  it.each([
    ["marks a limit inside the lengths", 40, true],
    ["marks a limit near the lengths", 80, true],
    ["leaves a far limit out", 512, false],
  ])("%s", async (_, limit, marked) => {
    const svg = await renderSvg(lengthHistogramChart({ title: "T", unit: "tokens", bins, limit }));
    expect(chartTexts(svg).includes(`limit ${limit}`)).toBe(marked);
    expect(marks(svg, "rule")).toHaveLength(marked ? 1 : 0);
    expect(marks(svg, "rect")).toHaveLength(6);
    expect(chartTexts(svg)).toContain("Length (tokens)");
  });
});

it.each([
  [["test"], ["Training loss", "Accuracy on test"]],
  [
    ["test", "dev"],
    ["Training loss", "Training accuracy", "Accuracy on test", "Accuracy on dev"],
  ],
])("runsChart draws every run on every panel, on %j", async (splits, titles) => {
  const history = agNews().history.map((entry) => ({
    ...entry,
    evaluations: Object.fromEntries(splits.map((split) => [split, entry.evaluations.test!])),
  }));
  const names = Array.from({ length: 8 }, (_, i) => `run ${i}`);
  const svg = await renderSvg(
    runsChart(
      names.map((name) => ({ name, history })),
      splits,
    ),
  );
  const texts = chartTexts(svg);
  for (const title of titles) expect(texts).toContain(title);
  for (const name of names) {
    expect(texts.filter((text) => text.startsWith(`${name} `))).toHaveLength(titles.length);
  }
  expect(marks(svg, "line")).toHaveLength(names.length * titles.length);
});
