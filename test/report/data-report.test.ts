import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import stringWidth from "string-width";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { describeDataset } from "../../src/app/profiling/describe-dataset.ts";
import { lengthHistogramChart } from "../../src/app/report/charts/length-histogram.ts";
import { renderSvg } from "../../src/app/report/charts/render.ts";
import { renderDataPage } from "../../src/app/report/data-page.ts";
import { type LengthTable, lengthTables } from "../../src/app/report/description-tables.ts";
import { describeText } from "../../src/app/report/terminal/description.ts";
import { lengthBars } from "../../src/app/report/terminal/lengths.ts";
import { terminalOf } from "../../src/app/report/terminal/terminal.ts";
import { writeDataReport } from "../../src/app/report/write-data-report.ts";
import { Dataset } from "../../src/core/data/dataset.ts";
import { descriptionFindings } from "../../src/core/findings/description-findings.ts";
import type { DatasetDescription } from "../../src/core/profiling/description.ts";
import type { Finding } from "../../src/core/training/run-record.ts";
import { fixture, smallTokenizer } from "../profiling/fixtures.ts";
import { attribute, chartTexts, decodePng, parsePage, textOf } from "./parse.ts";

const plain = (width: number) => terminalOf({ columns: width }, {});
const hostile = `<script>alert(1)</script> & "quoted" \u202e\u0007`;

const datasets: [string, () => Promise<DatasetDescription>][] = [
  [
    "two splits with everything that goes wrong",
    async () =>
      describeDataset(fixture("reviews"), {
        tokenizer: await smallTokenizer(),
        maxLength: 48,
        model: "small",
      }),
  ],
  [
    "120 classes and hostile names",
    async () =>
      describeDataset(
        Dataset.fromRows(
          Array.from({ length: 900 }, (_, i) => ({
            text: i % 9 === 0 ? hostile : `text ${i} of a long row ${"with words ".repeat(i % 200)}`,
            label: i % 5 === 0 ? hostile : `class ${i % 119}`,
          })),
        ),
      ),
  ],
  [
    "pairs without classes",
    async () =>
      describeDataset(
        Dataset.fromRows(
          Array.from({ length: 30 }, (_, i) => ({
            premise: `premise ${i} is long`,
            hypothesis: `short ${i}`,
          })),
        ),
        { tokenizer: await smallTokenizer() },
      ),
  ],
  ["one row", async () => describeDataset(Dataset.fromRows([{ text: "", label: "a" }]))],
];

describe.each(datasets)("a dataset of %s", (_, make) => {
  let description: DatasetDescription;
  let findings: Finding[];
  beforeAll(async () => {
    description = await make();
    findings = descriptionFindings(description);
  });

  test("becomes a page that is well-formed and needs nothing from elsewhere", async () => {
    const source = (await renderDataPage(description, findings)).source;
    const { elements, errors } = parsePage(source);
    expect(errors).toEqual([]);
    const tags = elements.map(({ tagName }) => tagName);
    for (const tag of ["script", "link", "iframe", "object", "base", "img", "form"])
      expect(tags).not.toContain(tag);
    expect(source).not.toMatch(/NaN|undefined|\[object|url\s*\(|@import/);
    const ids = elements.flatMap((element) => attribute(element, "id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !id.endsWith("-title"))).toEqual([
      "overview",
      "findings",
      "classes",
      "lengths",
      "words",
      "samples",
    ]);
    const text = textOf(elements.find(({ tagName }) => tagName === "main")!);
    for (const { found, advice } of findings) {
      expect(text).toContain(found.replaceAll("\u0007", "\\x07").replaceAll("\u202e", "\\u202e"));
      expect(text).toContain(advice);
    }
  });

  test.each([60, 80, 140])("fits a terminal of %i columns and says no more than one line a line", (width) => {
    const text = describeText(description, findings, plain(width));
    expect(text).not.toMatch(/NaN|undefined|\[object/);
    for (const control of ["\u202e", "\u0007"]) expect(text).not.toContain(control);
    for (const line of text.split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
  });
});

describe("the terminal", () => {
  test("shows the numbers that pandas prints, in its order", async () => {
    const { splits } = await describeDataset(fixture("reviews"), { split: "train" });
    const [{ units, rows }] = lengthTables(splits[0]!) as [LengthTable];
    expect(units).toEqual(["characters", "words"]);
    expect(rows).toEqual([
      ["count", "168", "168"],
      ["mean", "168.13", "34.39"],
      ["std", "100.67", "20.47"],
      ["min", "0", "0"],
      ["25%", "75.75", "16.75"],
      ["50%", "166.50", "34"],
      ["75%", "263.25", "54"],
      ["max", "355", "70"],
    ]);
  });

  test("marks the model's limit under the bar that it falls into", () => {
    const bins = { width: 10, rows: [0, 5, 10, 0, 1] };
    const lines = lengthBars(bins, { limit: 25 }, plain(80)).split("\n");
    expect(lines.map((line) => line.trim().split(/\s{2}/)[0])).toEqual([
      "10–19",
      "20–29",
      "limit",
      "30–39",
      "40–49",
    ]);
    expect(lines[2]).toContain("25");
    expect(lines[1]!.split("█").length - 1).toBe(2 * (lines[0]!.split("█").length - 1));
    expect(lengthBars(bins, { limit: 512 }, plain(80))).not.toContain("limit");
  });

  test("merges bins and keeps every row", () => {
    const bins = { width: 5, rows: Array.from({ length: 40 }, (_, i) => i), beyond: 7 };
    const lines = lengthBars(bins, {}, plain(80)).split("\n");
    expect(lines.length).toBeLessThanOrEqual(17);
    expect(lines.at(-1)!.trim()).toMatch(/^\d+ and more/);
    const rows = lines.map((line) => Number(/ (\d+) +[\d.]+%$/.exec(line)![1]));
    expect(rows.reduce((a, b) => a + b, 0)).toBe((39 * 40) / 2 + 7);
  });
});

test("the histogram says how many rows lie beyond it", async () => {
  const chart = lengthHistogramChart({
    title: "T",
    unit: "words",
    bins: { width: 10, rows: [5, 4], beyond: 1 },
  });
  expect(chartTexts(await renderSvg(chart))).toContain("10 rows, 1 of them longer than 19");
});

test("a folder gets the page, the charts and the numbers", async () => {
  const folder = mkdtempSync(join(tmpdir(), "textune-data-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const description = await describeDataset(fixture("reviews"), { split: "train[:50%]" });
  const findings = descriptionFindings(description);
  const written = await writeDataReport(description, findings, join(folder, "report"));
  const names = ["classes.png", "classes.svg", "lengths.png", "lengths.svg"].map(
    (name) => `train-50--${name}`,
  );
  expect(readdirSync(join(folder, "report")).sort()).toEqual(["data.html", "data.json", ...names].sort());
  expect(written).toHaveLength(6);
  expect(written[0]).toBe(join(folder, "report", "data.html"));
  const { splits, findings: stored } = JSON.parse(readFileSync(join(folder, "report", "data.json"), "utf8"));
  expect(splits).toEqual(JSON.parse(JSON.stringify(description.splits)));
  expect(stored).toEqual(findings);
  const { width, pixels } = decodePng(readFileSync(join(folder, "report", "train-50--lengths.png")));
  expect(width).toBeGreaterThan(500);
  expect(new Set(pixels).size).toBeGreaterThan(10);
});
