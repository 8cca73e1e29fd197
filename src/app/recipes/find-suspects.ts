import { join } from "node:path";
import { usedRows } from "../../core/classifier/chosen-rows.ts";
import type { PretrainedOptions } from "../../core/classifier/classifier-options.ts";
import { Targets } from "../../core/data/targets.ts";
import { ConfigError } from "../../core/errors.ts";
import { majorityBaseline } from "../../core/evaluation/baseline.ts";
import { confidentLearning } from "../../core/evaluation/confident-learning.ts";
import { classificationReport } from "../../core/evaluation/metrics.ts";
import type { WorkOptions } from "../../core/progress.ts";
import { type CrossValidationOptions, TextClassifier } from "../../node/classifier/text-classifier.ts";
import { readRun } from "../runs/read-run.ts";
import { runLayout } from "../runs/run-layout.ts";
import type { SuspectReport } from "../runs/suspects.ts";
import { loadRecipe, type Recipe } from "./recipe.ts";
import { loadRecipeData } from "./recipe-data.ts";
import { fitOptions } from "./train-recipe.ts";

/** How training rows are judged. */
export interface FindSuspectsOptions extends WorkOptions {
  /** Parts that the rows are dealt out to; each is judged by a head trained on all the others. @default 5 */
  folds?: number;
}

/**
 * Finds the training rows of a run whose labels are probably wrong, by confident learning (see `confidentLearning`).
 * Every row is judged by a head that was not trained on it, on features of the recipe's pretrained encoder, frozen.
 * That holds for a run that trained the encoder too: the encoder it left has seen every label.
 *
 * The recipe's data are read as they are now, so that a file that was corrected can be judged again. A recipe whose
 * model was itself trained on these rows is blind to their errors.
 *
 * @param runFolder Of a finished run.
 * @throws DataError if there is no finished run in the folder, or a class has fewer rows than there are folds.
 * @throws ConfigError if the run was trained from scratch, so that there is no pretrained encoder.
 *
 * @example
 * const { suspects } = await findSuspects("runs/ag-news");
 * suspects[0]; // { row: 1734, given: "World", suggested: "Sports", probabilityGiven: 0.001, … }
 */
export async function findSuspects(
  runFolder: string,
  { folds = 5, ...work }: FindSuspectsOptions = {},
): Promise<SuspectReport> {
  const { name, recipe: resolved } = await readRun(runFolder);
  const { recipe: written } = await loadRecipe(join(runFolder, runLayout.recipe));
  // A recipe may leave to the data what is trained; the record says what it was.
  const recipe: Recipe = { ...written, trainable: written.trainable ?? trainedOf(resolved) };
  if (recipe.fromScratch) {
    throw new ConfigError(
      `${runFolder} was trained from scratch, and labels are judged on features of a pretrained encoder; ` +
        "train one without fromScratch on the same data, and give that run",
    );
  }
  const data = await loadRecipeData(recipe, work);
  if (data.task === "multiLabel") {
    throw new ConfigError(
      `${runFolder} has rows of several classes, and suspects are found where every row is of one; look at the most confident mistakes in its report`,
    );
  }
  const train = usedRows(data.train, data.labels, recipe).dataset;
  const { design, options } = judgeOf(recipe);
  const { model, revision, seed } = recipe;
  const { labels } = data;
  const classifier = await TextClassifier.fromPretrained(model, {
    ...design,
    labels,
    revision,
    seed,
    ...work,
  });
  const logits = await classifier.crossValidate(train, { ...options, ...work, folds });

  const given = train.labelIds(labels);
  const { thresholds, joint, errors } = confidentLearning(logits, given);
  const targets = Targets.ofClasses(given, labels.length);
  const columns = train.texts();
  return {
    ...{ run: name, data: train.source, rows: train.length, model, folds, labels, thresholds, joint },
    encoderTrained: recipe.trainable !== "head",
    accuracy: classificationReport(logits, given, labels).accuracy,
    majorityBaseline: majorityBaseline(targets, targets).accuracy,
    suspects: errors.map(({ row, given, suggested, probabilityGiven, probabilitySuggested }) => ({
      row: train.originalRow(row),
      given: labels[given]!,
      suggested: labels[suggested]!,
      probabilityGiven,
      probabilitySuggested,
      texts: columns.map((column) => column[row]!),
    })),
  };
}

const trainedOf = ({ trainable }: Record<string, unknown>): Recipe["trainable"] =>
  typeof trainable === "string" || Array.isArray(trainable) ? trainable : undefined;

/** The head that judges: the run's own if that is all it trained, else what suits an encoder that stays as it is. */
function judgeOf(recipe: Recipe): { design: PretrainedOptions; options: CrossValidationOptions } {
  const { head, pooling, loss, seed, truncation, attentionMask, featureCache } = recipe;
  if (recipe.trainable === "head") return { design: { head, pooling, loss }, options: fitOptions(recipe) };
  return {
    // [CLS] says little before it is trained to.
    design: { head: "linear", pooling: "mean", loss: "crossEntropy" },
    options: { seed, truncation, attentionMask, featureCache },
  };
}
