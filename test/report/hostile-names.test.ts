import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classScoresChart } from "../../src/app/report/charts/class-scores.ts";
import { confusionChart } from "../../src/app/report/charts/confusion.ts";
import { labelDistributionChart } from "../../src/app/report/charts/label-distribution.ts";
import { renderPng, renderSvg } from "../../src/app/report/charts/render.ts";
import { runsChart } from "../../src/app/report/charts/runs.ts";
import { variantsChart } from "../../src/app/report/charts/variants.ts";
import { renderHtmlReport } from "../../src/app/report/html-report.ts";
import { renderModelCard } from "../../src/app/report/model-card.ts";
import { outcomeText } from "../../src/app/report/terminal/outcome.ts";
import { terminalOf } from "../../src/app/report/terminal/terminal.ts";
import { writeReport } from "../../src/app/report/write-report.ts";
import { OutputError } from "../../src/core/errors.ts";
import { printable } from "../../src/core/printable.ts";
import { parsePage, parseSvg } from "./parse.ts";
import { sampleRecord, shortRun } from "./sample-record.ts";

/** What may not leave the process: controls other than tab and line feed, bidirectional controls, separators, half pairs. */
const raw = /[^\P{Cc}\t\n]|[\p{Bidi_Control}\p{Cs}\u2028\u2029\ufffe\uffff]/u;

const known = [
  ...Object.getOwnPropertyNames(Object.prototype),
  ...[
    "length",
    "prototype",
    "\u2028",
    "\u2029",
    "\ufffe",
    "\0",
    "\u001b[2J",
    "\u202eabc",
    "\ud800",
    '"]+alert(1)+["',
  ],
];
const name = fc.oneof(fc.constantFrom(...known), fc.string({ unit: "binary", minLength: 1, maxLength: 12 }));

const record = (labels: string[]) =>
  sampleRecord({
    ...{ labels, epochs: 2, trainRows: 60, splits: { test: 30 }, strength: 2, seed: 1 },
  });

describe("names from data", () => {
  it("are in every chart what they are, and nothing that the chart obeys", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 2, maxLength: 3 }), async (labels) => {
        const { history } = record(labels);
        const perClass = labels.map((label) => ({
          ...{
            label,
            f1: 0.5,
            precision: 0.4,
            recall: 0.6,
            support: 3,
            rows: 3,
            predicted: 3,
            threshold: 0.5,
          },
        }));
        const dots = labels.map((label) => ({
          ...{ name: label, accuracy: 0.5, low: 0.4, high: 0.6, doubts: [label] },
        }));
        const charts = [
          confusionChart({
            title: `Classes: ${labels[0]}`,
            labels,
            confusion: labels.map(() => labels.map(() => 2)),
          }),
          labelDistributionChart({ title: `Classes: ${labels[0]}`, labels, counts: labels.map(() => 2) }),
          classScoresChart({ title: `Classes: ${labels[0]}`, perClass }),
          variantsChart({ title: `Classes: ${labels[0]}`, dots }),
          runsChart(
            labels.map((label) => ({ name: label, history })),
            ["test"],
          ),
        ];
        for (const chart of charts) {
          const svg = await renderSvg(chart);
          expect(svg).not.toMatch(raw);
          parseSvg(svg);
          renderPng(svg, 0.2);
        }
      }),
      { numRuns: 12, seed: 8 },
    );
  });

  it("leave report, model card and terminal without a raw control character", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 2, maxLength: 4 }), async (labels) => {
        const hostile = record(labels);
        const page = await renderHtmlReport(hostile);
        expect(page).not.toMatch(raw);
        parsePage(page);
        expect(renderModelCard(hostile)).not.toMatch(raw);
        expect(outcomeText(hostile, terminalOf({}, { NO_COLOR: "1" }))).not.toMatch(raw);
      }),
      { numRuns: 8, seed: 8 },
    );
  });
});

describe("printable", () => {
  it("shows what would be obeyed, and leaves everything else as it is", () => {
    expect(printable("a\u001b[2J\u202eb\u2028\ud800\rc\r\nd\té株👩‍👧")).toBe(
      "a\\x1b[2J\\u202eb\\u2028\\ud800\\x0dc\r\nd\té株👩‍👧",
    );
  });
});

it("a part of the report that fails keeps no other part from being written", async () => {
  const folder = await mkdtemp(join(tmpdir(), "textune-report-"));
  try {
    await writeFile(join(folder, "model"), "a file where the folder should be");
    const broken = shortRun();
    await expect(writeReport(broken, folder)).rejects.toThrow(OutputError);
    await expect(writeReport(broken, folder)).rejects.toThrow(/lacks model\/README\.md: /);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(["history.svg", "report.html"]));
    expect((await stat(join(folder, "report.html"))).size).toBeGreaterThan(1000);
  } finally {
    await rm(folder, { recursive: true });
  }
});
