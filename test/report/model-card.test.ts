import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderModelCard } from "../../src/app/report/model-card.ts";
import { agNews, manyClasses } from "./sample-record.ts";

function split(card: string): { front: Record<string, unknown>; body: string } {
  const [, front, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(card)!;
  return { front: parse(front!) as Record<string, unknown>, body: body! };
}

describe("renderModelCard", () => {
  it("has the front matter that the hub reads", () => {
    const record = { ...agNews(), hub: { model: "distilbert-base-uncased", dataset: "fancyzhx/ag_news" } };
    const { report } = record.evaluations[0]!;
    expect(split(renderModelCard(record)).front).toEqual({
      library_name: "textune",
      base_model: "distilbert-base-uncased",
      datasets: ["fancyzhx/ag_news"],
      tags: ["text-classification", "textune", "distilbert"],
      metrics: ["accuracy", "f1"],
      "model-index": [
        {
          name: "ag-news",
          results: [
            {
              task: { type: "text-classification", name: "Text Classification" },
              dataset: { name: "fancyzhx/ag_news test[:5%]", type: "fancyzhx/ag_news", split: "test" },
              metrics: [
                { type: "accuracy", name: "Accuracy", value: Number(report.accuracy.toFixed(4)) },
                { type: "f1", name: "Macro F1", value: Number(report.macroF1.toFixed(4)) },
                { type: "loss", name: "Log loss", value: Number(report.loss.toFixed(4)) },
              ],
            },
          ],
        },
      ],
    });
  });

  it("says what opens the folder, and claims to be for pipelines only where they give the right answer", () => {
    const withModel = (change: { head?: "huggingface"; pooling?: "mean" }) => {
      const record = agNews();
      return split(renderModelCard({ ...record, model: { ...record.model, ...change } }));
    };
    const own = withModel({ head: "huggingface" });
    expect(own.front).toHaveProperty("pipeline_tag", "text-classification");
    expect(own.body).toContain("open this folder too");
    for (const { front, body } of [withModel({}), withModel({ head: "huggingface", pooling: "mean" })]) {
      expect(front).not.toHaveProperty("pipeline_tag");
      expect(body).toContain("so don't open this folder with them");
      expect(body).toContain("textune export");
    }
  });

  it("claims no license and no language, nor a hub model or dataset that were local", () => {
    const { front } = split(renderModelCard(agNews()));
    for (const key of ["license", "language", "base_model", "datasets"])
      expect(front).not.toHaveProperty(key);
  });

  it("tells results, classes, settings and history", () => {
    const record = agNews();
    const { body } = split(renderModelCard(record));
    const { report } = record.evaluations[0]!;
    expect(body).toContain("# ag-news\n");
    expect(body).toContain("4 classes: World, Sports, Business, Sci/Tech.");
    expect(body).toContain(`| test | 380 | ${(report.accuracy * 100).toFixed(1)}% |`);
    expect(body).toContain("learningRate: 0.001");
    expect(body).toContain(record.findings[0]!.found);
    const history = body.slice(body.indexOf("### History"));
    expect(history.split("\n").filter((line) => /^\| \d+ \|/.test(line))).toHaveLength(20);
  });

  it("keeps tables whole, whatever names hold", () => {
    const record = manyClasses();
    record.evaluations[0]!.report.perClass[0]!.label = "a|b\n<c> *d*";
    const { body } = split(renderModelCard(record));
    expect(body).toContain("| a\\|b &lt;c&gt; \\*d\\* | ");
    const tables = body.split("\n\n").filter((block) => block.startsWith("| "));
    expect(tables.length).toBeGreaterThan(4);
    for (const table of tables) {
      const cells = table.split("\n").map((line) => line.replaceAll("\\|", "").split("|").length);
      expect(new Set(cells).size).toBe(1);
    }
  });

  it("is a card also without evaluation and history", () => {
    const { body } = split(renderModelCard({ ...agNews(), evaluations: [], history: [], findings: [] }));
    expect(body).toContain("This model was not evaluated.");
    expect(body).not.toContain("### History");
    expect(body).not.toContain("## Limits");
  });
});
