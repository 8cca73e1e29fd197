import { dateTime, integer } from "../../core/format.ts";
import type { RunRecord } from "../../core/training/run-record.ts";
import { dataSection } from "./html/data.ts";
import { evaluationDetail } from "./html/evaluation.ts";
import { findingList, headline } from "./html/headline.ts";
import { learning } from "./html/learning.ts";
import { renderPage, type Section } from "./html/page.ts";
import { configuration, modelAndMachine, usage } from "./html/setup.ts";
import { solved } from "./html/solved.ts";
import type { Markup } from "./markup.ts";

export interface ReportOptions {
  /** Where the trained model lies, as the reader would type it. @default `runs/NAME/model` */
  modelFolder?: string;
}

/**
 * The report of a run as one HTML file: it needs no other file, no network and no script, follows the reader's
 * light or dark preference and prints. A section that fails is a line in it, and among the markup's failures.
 */
export async function renderHtmlReport(record: RunRecord, options: ReportOptions = {}): Promise<Markup> {
  const sections: Section[] = [
    { id: "result", title: "Result", content: () => headline(record.evaluations, record.labels) },
    { id: "findings", title: "Findings", content: () => findingList(record.findings) },
  ];
  if (record.solution) {
    sections.push({ id: "learning", title: "Solved head", content: () => solved(record) });
  } else if (record.history.length > 0) {
    sections.push({
      id: "learning",
      title: "Learning curves",
      content: () => learning(record),
    });
  }
  for (const [i, evaluation] of record.evaluations.entries()) {
    sections.push({
      id: `evaluation-${i + 1}`,
      title: `Results on ${evaluation.split}`,
      content: () => evaluationDetail(evaluation),
    });
  }
  sections.push(
    { id: "data", title: "Data", content: () => dataSection(record) },
    { id: "configuration", title: "Configuration", content: () => configuration(record) },
    { id: "model", title: "Model, time, environment", content: () => modelAndMachine(record) },
    {
      id: "use",
      title: "Use the model",
      content: () => usage(options.modelFolder ?? `runs/${record.name}/model`, record),
    },
  );
  return renderPage({
    title: record.name,
    lead: `${record.model.name}, ${record.labels.length} classes${record.task === "multiLabel" ? " (any number a row)" : ""}, ${integer(record.data[0]?.rows ?? 0)} training rows; trained ${dateTime(record.startedAt)}`,
    sections,
    footer: `Written by textune ${record.textuneVersion}.`,
  });
}
