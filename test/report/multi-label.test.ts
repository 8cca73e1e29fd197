import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { classScoresChart } from "../../src/app/report/charts/class-scores.ts";
import { historyChart } from "../../src/app/report/charts/history.ts";
import { renderSvg } from "../../src/app/report/charts/render.ts";
import { runsChart } from "../../src/app/report/charts/runs.ts";
import { renderHtmlReport } from "../../src/app/report/html-report.ts";
import { renderModelCard } from "../../src/app/report/model-card.ts";
import { epochTable } from "../../src/app/report/terminal/epochs.ts";
import { outcomeText } from "../../src/app/report/terminal/outcome.ts";
import { terminalOf } from "../../src/app/report/terminal/terminal.ts";
import { recordSchema } from "../../src/app/runs/record-schema.ts";
import { Targets } from "../../src/core/data/targets.ts";
import { everyClassBaseline, majorityBaseline } from "../../src/core/evaluation/baseline.ts";
import { mostConfidentMistakes } from "../../src/core/evaluation/mistakes.ts";
import { MultiLabelLogits } from "../../src/core/evaluation/multi-label-logits.ts";
import { type MultiLabelReport, multiLabelReport } from "../../src/core/evaluation/multi-label-metrics.ts";
import { TorchGenerator } from "../../src/core/random/torch.ts";
import type { RunRecord } from "../../src/core/training/run-record.ts";
import { chartTexts, parsePage, textOf } from "./parse.ts";
import { agNews } from "./sample-record.ts";

/** A run whose rows are of any number of `classes`, made up. */
function multiLabelRecord(classes: number, rows = 200): RunRecord {
  const random = new TorchGenerator(9);
  const labels = Array.from({ length: classes }, (_, c) => `a class <${c}> of a name that is long`);
  const truth = Int32Array.from(random.uniform(rows * classes, 0, 1), (u) => Number(u < 0.25));
  const noise = random.normal(rows * classes, -1, 1);
  const logits = new MultiLabelLogits(
    rows,
    classes,
    noise.map((z, i) => z + 2.5 * truth[i]!),
  );
  const targets = Targets.ofSets(truth, classes);
  const base = agNews();
  const report = multiLabelReport(logits, truth, labels);
  return {
    ...base,
    task: "multiLabel",
    labels,
    data: base.data.map((split) => ({
      ...split,
      labelCounts: targets.counts(),
      rowsBySize: targets.rowsBySize(),
    })),
    history: base.history.map((entry) => ({
      ...entry,
      evaluations: { test: { ...entry.evaluations.test!, microF1: report.microF1 } },
    })),
    evaluations: [
      {
        split: "test",
        report,
        majorityBaseline: majorityBaseline(targets, targets),
        everyClassBaseline: everyClassBaseline(targets),
        mistakes: mostConfidentMistakes(logits, targets, 10).map((mistake) => ({
          ...mistake,
          texts: ["a text"],
        })),
      },
    ],
  };
}

describe.each([3, 45])("a run of rows of any number of %i classes", (classes) => {
  const record = multiLabelRecord(classes);
  const report = record.evaluations[0]!.report as MultiLabelReport;

  it("has a well-formed page with its scores", async () => {
    const source = (await renderHtmlReport(record)).source;
    const { elements, errors } = parsePage(source);
    expect(errors).toEqual([]);
    expect(source).not.toMatch(/NaN|undefined|\[object/);
    const text = elements.map(textOf).join(" ");
    expect(text).toContain(`Micro-F1 on test`);
    expect(text).toContain(`${(report.microF1 * 100).toFixed(1)}%`);
    expect(text).toContain("sure that it is");
  });

  it.each([60, 80, 120])("stays inside %i columns of a terminal", (width) => {
    const terminal = terminalOf({ columns: width }, {});
    const { header } = epochTable(20, ["test"], terminal, record.task);
    expect(header).toContain("test F1");
    const outcome = outcomeText({ ...record, findings: [] }, terminal);
    expect(outcome).toMatch(/^micro a/m);
    for (const line of [width < 80 ? "" : header, ...outcome.split("\n")]) {
      expect(stringWidth(line), line).toBeLessThanOrEqual(width);
    }
  });

  it("has charts: F1 of the classes with most rows, and micro-F1 over epochs", async () => {
    const texts = chartTexts(await renderSvg(classScoresChart({ title: "F1 per class", ...report })));
    const f1 = report.perClass.map((score) => `${(score.f1 * 100).toFixed(1)}%`);
    expect(texts.filter((text) => f1.includes(text)).length).toBeGreaterThanOrEqual(Math.min(classes, 40));
    expect(texts.join(" ").includes("the 40 classes of most rows")).toBe(classes > 40);
    const history = historyChart(record.history, record.task);
    expect(history.description).toContain("Micro-F1 at epoch 20");
    const runs = runsChart([{ name: "a run", history: record.history }], ["test"], record.task);
    for (const chart of [history, runs]) {
      expect(chartTexts(await renderSvg(chart))).toContain("Mean binary cross-entropy (nats)");
    }
  });

  it("has a model card, and a record that is read back as it is", () => {
    expect(renderModelCard(record)).toContain("| Class | Threshold | Precision |");
    const { data: _, ...saved } = recordSchema.parse(JSON.parse(JSON.stringify(record)));
    expect(JSON.parse(JSON.stringify(record))).toMatchObject(saved);
  });
});

it("a record of before multi-label runs is one of single labels", () => {
  const { task: _, ...old } = JSON.parse(JSON.stringify(agNews()));
  for (const { report } of old.evaluations) delete report.task;
  const read = recordSchema.parse(old);
  expect([read.task, read.evaluations[0]!.report.task]).toEqual(["singleLabel", "singleLabel"]);
});
