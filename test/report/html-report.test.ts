import { beforeAll, describe, expect, it } from "vitest";
import { renderHtmlReport } from "../../src/app/report/html-report.ts";
import type { RunRecord } from "../../src/core/training/run-record.ts";
import { attribute, parsePage, textOf } from "./parse.ts";
import { agNews, manyClasses, shortRun } from "./sample-record.ts";

const pageOf = async (record: RunRecord, options = {}) => {
  const source = (await renderHtmlReport(record, options)).source;
  const { elements, errors } = parsePage(source);
  const all = (...tags: string[]) => elements.filter((element) => tags.includes(element.tagName));
  const section = (id: string) => elements.find((element) => attribute(element, "id") === id);
  return { source, elements, errors, all, section };
};

const samples: [string, RunRecord][] = [
  ["20 epochs, 4 classes", agNews()],
  ["1 epoch, 2 classes", shortRun()],
  ["5 epochs, 30 classes, 2 splits", manyClasses()],
  ["no epoch and no evaluation", { ...agNews(), history: [], evaluations: [], findings: [] }],
];

describe.each(samples)("the page of a run of %s", (_, record) => {
  let page: Awaited<ReturnType<typeof pageOf>>;
  beforeAll(async () => {
    page = await pageOf(record);
  });

  it("is well-formed and needs nothing from elsewhere", () => {
    const { source, elements, errors, all } = page;
    expect(errors).toEqual([]);
    expect(all("script", "link", "iframe", "object", "base", "img", "form")).toEqual([]);
    for (const element of elements) {
      for (const { name, value } of element.attrs) {
        expect(name).not.toMatch(/^on/);
        if (name === "href" && element.tagName === "a") continue;
        expect(["src", "srcset", "href", "xlink:href", "action"]).not.toContain(name);
        expect(value).not.toMatch(/url\s*\(|@import/i);
      }
    }
    expect(source).not.toMatch(/url\s*\(|@import/i);
    expect(source).not.toMatch(/NaN|undefined|\[object/);
  });

  it("can be read without seeing it", () => {
    const { elements, all } = page;
    expect(attribute(all("html")[0]!, "lang")).toBe("en");
    expect(all("main", "header", "footer", "h1")).toHaveLength(4);
    const levels = all("h1", "h2", "h3", "h4").map((heading) => Number(heading.tagName[1]));
    levels.slice(1).forEach((level, i) => {
      expect(level - levels[i]!).toBeLessThanOrEqual(1);
    });
    const ids = elements.flatMap((element) => attribute(element, "id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const anchors = all("a").map((a) => attribute(a, "href")!);
    expect(anchors).toHaveLength(all("section").length);
    for (const anchor of anchors) expect(ids).toContain(anchor.slice(1));
    for (const section of all("section")) expect(ids).toContain(attribute(section, "aria-labelledby"));
    for (const table of all("table")) {
      expect(table.childNodes.some((node) => node.nodeName === "caption")).toBe(true);
    }
    for (const th of all("th")) expect(["row", "col"]).toContain(attribute(th, "scope"));
    for (const svg of all("svg")) {
      expect(attribute(svg, "role")).toBe("img");
      expect(attribute(svg, "aria-label")!.length).toBeGreaterThan(20);
    }
  });
});

describe("renderHtmlReport", () => {
  it("puts the result beside the majority baseline", async () => {
    const record = agNews();
    const { section } = await pageOf(record);
    const { report, majorityBaseline } = record.evaluations[0]!;
    const result = textOf(section("result")!);
    expect(result).toContain(`${(report.accuracy * 100).toFixed(1)}% of 380 rows right`);
    expect(result).toContain(`Always answering “Business”`);
    expect(result).toContain(`${(majorityBaseline.accuracy * 100).toFixed(1)}%`);
    expect(result).toMatch(/points above that/);
  });

  it("says so where the model is no better than the baseline", async () => {
    const record = agNews();
    const [evaluation] = record.evaluations;
    evaluation!.majorityBaseline.accuracy = evaluation!.report.accuracy;
    const { section } = await pageOf(record);
    expect(textOf(section("result")!)).toContain("not clearly better than that");
  });

  it("shows the numbers of the run: every class, epoch, split and setting", async () => {
    const record = agNews();
    const { section } = await pageOf(record);
    const scores = textOf(section("evaluation-1")!);
    for (const score of record.evaluations[0]!.report.perClass) {
      expect(scores).toContain(score.label);
      expect(scores).toContain(`${(score.f1 * 100).toFixed(1)}%`);
    }
    const curves = textOf(section("learning")!);
    for (const entry of record.history) {
      expect(curves).toContain(entry.train.loss.toFixed(4));
      expect(curves).toContain(entry.train.lossSum.toFixed(2));
    }
    const data = textOf(section("data")!);
    expect(data).toContain("fancyzhx/ag_news train[:5%]");
    expect(data).toContain("Classes of train");
    expect(data).toContain("Lengths of test");
    expect(textOf(section("configuration")!)).toContain("learningRate: 0.001");
    const machine = textOf(section("model")!);
    for (const fact of ["66,365,956", "3,076 (0.0046%)", "3 min 35 s", "1.13 GB", "1.30.0", "20.20.2"]) {
      expect(machine).toContain(fact);
    }
  });

  it("has every finding in three parts, warnings first", async () => {
    const record = agNews();
    record.findings.reverse();
    const { section } = await pageOf(record);
    const text = textOf(section("findings")!);
    for (const { found, why, advice } of record.findings) {
      for (const part of [found, why, advice]) expect(text).toContain(part);
    }
    expect(text.indexOf("warning")).toBeLessThan(text.indexOf("note"));
  });

  it("says how to use the model from where it lies", async () => {
    const plain = await pageOf(agNews());
    expect(textOf(plain.section("use")!)).toContain('textune predict runs/ag-news/model "a text');
    const odd = await pageOf(agNews(), { modelFolder: "it's my folder/model" });
    const text = textOf(odd.section("use")!);
    expect(text).toContain(`textune predict 'it'\\''s my folder/model' "a text`);
    expect(text).toContain(`fromPretrained("it's my folder/model")`);
  });

  it("shows names and texts as they are, whatever they hold", async () => {
    const hostile = `<script>alert("1")</script> & '</style>' \u0000\u001b[31m`;
    const shown = hostile.replace("\u0000", "\\x00").replace("\u001b", "\\x1b");
    const record = JSON.parse(
      JSON.stringify(agNews()).replaceAll('"Business"', JSON.stringify(hostile)),
    ) as RunRecord;
    record.name = hostile;
    record.model.name = hostile;
    record.recipe.dataset = "</code><script>";
    record.evaluations[0]!.split = hostile;
    record.evaluations[0]!.mistakes[0]!.texts = [hostile];
    record.findings[0]!.found = hostile;
    const { errors, all, section } = await pageOf(record);
    expect(errors).toEqual([]);
    expect(all("script")).toEqual([]);
    expect(textOf(all("h1")[0]!)).toBe(shown);
    expect(textOf(section("evaluation-1")!)).toContain(shown);
    expect(textOf(section("findings")!)).toContain(shown);
    expect(textOf(section("configuration")!)).toContain("</code><script>");
  });

  it("folds long texts and bounds very long ones", async () => {
    const record = agNews();
    const [mistake] = record.evaluations[0]!.mistakes;
    mistake!.texts = ["😀 long ".repeat(2000)];
    const { all } = await pageOf(record);
    const folded = all("details").find((element) => textOf(element).startsWith("😀 long"))!;
    const [summary] = folded.childNodes;
    expect(Array.from(textOf(summary!)).length).toBe(321);
    expect(textOf(folded)).toContain("(14,000 characters)");
    expect(Array.from(textOf(folded)).length).toBeLessThan(5100);
  });

  it("numbers the texts of a pair", async () => {
    const { section } = await pageOf(manyClasses());
    expect(textOf(section("evaluation-1")!)).toContain("Text 1: Wall St. Bears");
    expect(textOf(section("evaluation-1")!)).toContain("Text 2: ");
  });
});
