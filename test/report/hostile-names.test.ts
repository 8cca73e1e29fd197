import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classScoresChart } from "../../src/app/report/charts/class-scores.ts";
import { confusionChart } from "../../src/app/report/charts/confusion.ts";
import { labelDistributionChart } from "../../src/app/report/charts/label-distribution.ts";
import { linePanel } from "../../src/app/report/charts/panel.ts";
import { renderPng, renderSvg } from "../../src/app/report/charts/render.ts";
import { runsChart } from "../../src/app/report/charts/runs.ts";
import { variantsChart } from "../../src/app/report/charts/variants.ts";
import { renderPage } from "../../src/app/report/html/page.ts";
import { figure } from "../../src/app/report/html/parts.ts";
import { renderHtmlReport } from "../../src/app/report/html-report.ts";
import { html } from "../../src/app/report/markup.ts";
import { renderModelCard } from "../../src/app/report/model-card.ts";
import { outcomeText } from "../../src/app/report/terminal/outcome.ts";
import { terminalOf } from "../../src/app/report/terminal/terminal.ts";
import { writeReport } from "../../src/app/report/write-report.ts";
import { OutputError } from "../../src/core/errors.ts";
import { printable } from "../../src/core/printable.ts";
import { chartTexts, marks, parsePage, parseSvg } from "./parse.ts";
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

  it("are texts also where a chart has nothing else", async () => {
    for (const text of [...Object.getOwnPropertyNames(Object.prototype), "length", "true", "null"]) {
      const panel = linePanel({
        ...{ title: text, yTitle: text, unit: "share", yLimits: [0, 1] },
        lines: [0, 1].map((i) => ({
          name: text,
          colour: `#00000${i}`,
          dash: [1, 0],
          points: [{ x: 1, y: 0.5 }],
        })),
      });
      const bars = labelDistributionChart({ title: text, labels: [text, text], counts: [1, 2] });
      const panels = { description: text, spec: { hconcat: [panel] } };
      expect(chartTexts(await renderSvg(bars)).filter((drawn) => drawn === text)).toHaveLength(3);
      const drawn = await renderSvg(panels);
      expect(chartTexts(drawn).filter((other) => other === text)).toHaveLength(2);
      expect(marks(drawn, "line")).toHaveLength(2);
    }
  });

  it("leave report, model card and terminal without a raw control character", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 2, maxLength: 4 }), async (labels) => {
        const hostile = record(labels);
        const page = (await renderHtmlReport(hostile)).source;
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

describe("a chart or a section that can't be made", () => {
  const broken = {
    description: "A chart",
    spec: {
      data: { values: [{ a: 1 }] },
      mark: "bar",
      encoding: { x: { field: "a", type: "quantitative", axis: { labelExpr: "nothing[0]" } } },
    },
  } as const;

  it("ends the drawing", async () => {
    await expect(renderSvg(broken)).rejects.toThrow();
  });

  it("is a line in the page, which says why", async () => {
    const page = await renderPage({
      ...{ title: "Page", lead: "", footer: "" },
      sections: [
        {
          id: "chart",
          title: "With a chart",
          content: async () => html`<p>before</p>${await figure(broken)}`,
        },
        {
          id: "broken",
          title: "Broken",
          content: () => {
            throw new Error("<why>");
          },
        },
        { id: "last", title: "Last", content: () => html`<p>still there</p>` },
      ],
    });
    expect(page.failures).toHaveLength(2);
    expect(page.source).toContain("<p>before</p>");
    expect(page.source).toMatch(/A chart could not be made: .*nothing/);
    expect(page.source).toContain("Broken could not be made: &lt;why&gt;");
    expect(page.source).toContain("still there");
    expect(parsePage(page.source).errors).toEqual([]);
  });

  it("keeps no other part of a run's report from being written, and is told", async () => {
    const folder = await mkdtemp(join(tmpdir(), "textune-report-"));
    try {
      const run = shortRun();
      Object.assign(run.evaluations[0]!.report, { confusion: undefined });
      await expect(writeReport(run, folder)).rejects.toThrow(
        /lacks a part of report\.html, confusion-.*textune report .* writes it again/,
      );
      const page = await readFile(join(folder, "report.html"), "utf8");
      expect(page).toContain("could not be made");
      expect(page).toContain("Use the model");
      expect(await readdir(folder)).toEqual(expect.arrayContaining(["history.svg", "model"]));
    } finally {
      await rm(folder, { recursive: true });
    }
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
