import type { Task } from "../../core/data/targets.ts";
import { MODEL_FOLDER } from "../../node/classifier/model-folder.ts";

/** What a run's folder holds: files and folders by name, relative to it. */
export const runLayout = {
  /** The resolved recipe, every key: there is a run. */
  recipe: "recipe.yaml",
  /** One line an evaluation. */
  history: "history.jsonl",
  /** The record; written last but for the report: the run is finished. */
  metrics: "metrics.json",
  /** A file a split, one line a row. */
  predictions: "predictions",
  checkpoints: "checkpoints",
  model: MODEL_FOLDER,
  /** The model card, in the model's folder. */
  card: "README.md",
  report: "report.html",
  /** Figures, without `.svg` and `.png`. */
  historyFigure: "history",
  splitFigure: (task: Task, split: string): string =>
    `${task === "multiLabel" ? "classes" : "confusion"}-${fileName(split)}`,
} as const;

/** A split's name, such as `test[:5%]`, without what a file system may refuse. */
export const fileName = (split: string): string => split.replace(/[^\p{L}\p{N}._-]+/gu, "-");

const results = new Set<string>([
  ...[runLayout.history, runLayout.metrics, runLayout.predictions, runLayout.checkpoints],
  ...[runLayout.model, runLayout.report],
]);

/** Whether an entry of a run's folder is what a run leaves besides its recipe, and would be taken for the next one's. */
export const isResult = (name: string): boolean =>
  results.has(name) || /^(history|confusion-.*|classes-.*)\.(svg|png)$/.test(name);
