import { describe, expect, it, test } from "vitest";
import { keptMark, keptText } from "../../src/app/report/best-checkpoint.ts";
import { renderHtmlReport } from "../../src/app/report/html-report.ts";
import { renderModelCard } from "../../src/app/report/model-card.ts";
import { outcomeText } from "../../src/app/report/terminal/outcome.ts";
import { terminalOf } from "../../src/app/report/terminal/terminal.ts";
import type { RunRecord } from "../../src/core/training/run-record.ts";
import { parsePage, textOf } from "./parse.ts";
import { agNews } from "./sample-record.ts";

/** A run of 20 epochs of which one was the best. */
function runOf(
  best: number | undefined,
  loadBestModelAtEnd: boolean,
  change: Partial<RunRecord> = {},
): RunRecord {
  const record = agNews();
  const { epoch, step } = record.history[(best ?? 1) - 1]!;
  return {
    ...record,
    recipe: { ...record.recipe, loadBestModelAtEnd },
    ...(best !== undefined && { best: { epoch, step, metric: "test.loss", value: 0.25 } }),
    ...change,
  };
}

const marks = (record: RunRecord) => record.history.map((entry) => keptMark(record, entry) ?? "").join(",");

describe("which weights were kept", () => {
  it("is said where the best were, and those of the last were not", () => {
    const record = runOf(2, true);
    expect(keptText(record)).toBe(
      "The model has the weights of epoch 2, the best by log loss on test (0.2500), not those of the last, 20.",
    );
    expect(marks(record)).toBe(`,kept${",".repeat(18)}`);
  });

  it("is said where the best epoch is known and was not kept", () => {
    const record = runOf(2, false);
    expect(keptText(record)).toBe(
      "The model has the weights of the last epoch, 20. Best by log loss on test (0.2500) was epoch 2, which loadBestModelAtEnd would have kept.",
    );
    expect(marks(record)).toBe(`,best${",".repeat(18)}kept`);
  });

  test.each([true, false])("is said where the last is the best (loadBestModelAtEnd: %s)", (load) => {
    const record = runOf(20, load);
    expect(keptText(record)).toContain("of the last epoch, 20, which is also the best by log loss on test");
    expect(marks(record)).toBe(`${",".repeat(19)}kept`);
  });

  it("is no question where no score decided anything", () => {
    expect(keptText(runOf(undefined, false))).toBeUndefined();
    expect(marks(runOf(undefined, false))).toBe(",".repeat(19));
  });

  test.each([
    ["validation_matched.accuracy", "singleLabel", "accuracy on validation_matched (87.5%)"],
    ["test.accuracy", "multiLabel", "exact match on test (87.5%)"],
    ["v1.2.macroF1", "singleLabel", "macro-F1 on v1.2 (87.5%)"],
    ["dev.microF1", "multiLabel", "micro-F1 on dev (87.5%)"],
  ] as const)("%s of a %s run reads well", (metric, task, text) => {
    expect(
      keptText(runOf(2, true, { task, best: { epoch: 1.333, step: 5, metric, value: 0.875 } })),
    ).toContain(`epoch 1.33, the best by ${text},`);
  });

  it("stands in the terminal, the page and the model's card", async () => {
    const record = runOf(2, true);
    const terminal = { ...terminalOf({ columns: 60 }, {}), width: 60 };
    expect(outcomeText(record, terminal)).toMatch(
      /^The model has the weights of epoch 2, the best by log loss\non test \(0.2500\), not those of the last, 20\.\n\n/,
    );
    const { elements } = parsePage((await renderHtmlReport(record)).source);
    const page = elements.map((element) => textOf(element)).join("\n");
    expect(page).toContain(keptText(record));
    expect(page).toContain("kept · 2");
    const card = renderModelCard(record);
    expect(card).toContain("### History\n\nThe model has the weights of epoch 2, ");
    expect(card).toMatch(/^\| 2 · kept \|/m);
  });
});
