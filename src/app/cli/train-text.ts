import { join } from "node:path";
import type { TrainingPlan } from "../../core/classifier/training-plan.ts";
import type { Dataset } from "../../core/data/dataset.ts";
import { integer } from "../../core/format.ts";
import type { Resumption } from "../../core/training/job.ts";
import type { RunRecord } from "../../core/training/run-record.ts";
import type { TextClassifier } from "../../node/classifier/text-classifier.ts";
import type { NamedRecipe } from "../recipes/recipe.ts";
import type { RecipeData } from "../recipes/recipe-data.ts";
import { rowsBySizeText } from "../report/answer-format.ts";
import { loadingTexts } from "../report/loading-notes.ts";
import { labelBars } from "../report/terminal/bars.ts";
import { type Terminal, wrap } from "../report/terminal/terminal.ts";
import { usageCommand } from "../report/usage-code.ts";
import { runLayout } from "../runs/run-layout.ts";

/** What is about to be trained, on what. */
export function startText(
  { name, recipe }: NamedRecipe,
  { train, evaluate, labels, task }: RecipeData,
  classifier: TextClassifier,
  plan: TrainingPlan,
  terminal: Terminal,
): string {
  const { bold, dim } = terminal.colours;
  const rows = (split: string, dataset: Dataset) => `${split} ${integer(dataset.length)} rows`;
  const targets = train.targets(labels, task);
  const isMultiLabel = task === "multiLabel";
  return [
    `${bold(name)}: ${recipe.model} on ${recipe.dataset}`,
    dim(
      `  ${[rows("train", train), ...Object.entries(evaluate).map(([split, data]) => rows(split, data))].join(" · ")}`,
    ),
    dim(
      `  training ${describeTrainable(plan)} · ${classifier.labels.length} classes${isMultiLabel ? ", any number a row" : ""}`,
    ),
    ...(plan.chosen === undefined ? [] : [dim(wrap(plan.chosen, terminal, "  "))]),
    ...loadingTexts(classifier.loading).map((text) => dim(wrap(text, terminal, "  "))),
    "",
    labelBars(labels, targets.counts(), terminal, targets.rows),
    ...(isMultiLabel ? [dim(wrap(rowsBySizeText(targets.rowsBySize()), terminal))] : []),
    "",
  ].join("\n");
}

/** Where a resumed run goes on. */
export function resumeText({ step, epoch }: Resumption): string {
  if (step === 0) return "no checkpoint to go on from: training begins at the beginning\n";
  return `going on after step ${step} (epoch ${Number(epoch.toFixed(2))})\n`;
}

function describeTrainable({ trainable, method }: TrainingPlan): string {
  if (method === "logistic") return "the head on a frozen encoder, by logistic regression";
  if (trainable === "head") return "the head on a frozen encoder";
  return trainable === "all" ? "the whole model" : String(trainable);
}

/** Where everything is. */
export function placesText(
  folder: string,
  model: Pick<RunRecord, "pair">,
  { colours: { bold } }: Terminal,
): string {
  return [
    `${bold("report")}  ${join(folder, runLayout.report)}`,
    `${bold("model")}   ${join(folder, runLayout.model)}`,
    `${bold("use it")}  ${usageCommand(folder, model)}`,
  ].join("\n");
}
