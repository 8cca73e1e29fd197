import { bytes, counted, integer, percent } from "../../core/format.ts";
import { accuracyName, accuracyTitle } from "../report/answer-format.ts";
import type { ExportedDtype, ExportRecord } from "./export-record.ts";
import type { Accuracy } from "./parity.ts";

/** Layers whose names a sentence lists. */
const listed = 6;

/** The titles of the table of files; accuracy stands there where the texts have labels. */
export function parityHeader({ texts, task }: Pick<ExportRecord, "texts" | "task">): string[] {
  return [
    ...["File", "Size", "Rows/s", "Largest difference", "Same answer"],
    ...(texts.labelled ? [accuracyTitle(task), "95% interval"] : []),
  ];
}

/** The classifier itself, then each file. */
export function parityRows({ classifier, dtypes }: ExportRecord): string[][] {
  return [
    ["textune", "", rate(classifier.rowsPerSecond), "", "", ...accuracyCells(classifier.accuracy)],
    ...dtypes.map(({ name, bytes: size, rowsPerSecond, parity }) => [
      name,
      bytes(size),
      rate(rowsPerSecond),
      parity.largestDifference.toPrecision(2),
      percent(parity.agreement, 2),
      ...accuracyCells(parity.accuracy),
    ]),
  ];
}

function accuracyCells(accuracy: Accuracy | undefined): string[] {
  if (!accuracy) return [];
  const { low, high } = accuracy.interval;
  return [percent(accuracy.accuracy, 2), `${percent(low)} to ${percent(high)}`];
}

const rate = (rowsPerSecond: number) =>
  rowsPerSecond < 100 ? rowsPerSecond.toFixed(1) : integer(rowsPerSecond);

/** What the answers were compared on. */
export function comparedText({ texts, task }: ExportRecord): string {
  const what = `Compared on ${counted(texts.rows, "text")} of ${texts.source}`;
  return texts.labelled
    ? `${what}.`
    : `${what}, which have no labels of the model's classes, so that ${accuracyName(task)} is not known.`;
}

/** Which layers of a file don't compute in int8; undefined of other files than q8. */
export function layersText({
  float32Products,
  float32Layers,
  calibration,
  name,
}: ExportedDtype): string | undefined {
  if (!float32Products || !float32Layers || !calibration) return undefined;
  const { layers, rows, difference } = calibration;
  const moved = `probabilities move by ${percent(difference, 2)} on average on ${counted(rows, "calibration text")}`;
  const all = `${name}: ${integer(layers.length)} large matrices`;
  if (float32Products.length + float32Layers.length === 0) return `${all} in int8; ${moved}.`;
  const parts = [
    ...(float32Products.length > 0
      ? [
          `${float32Products.length} of them multiplied in float32, since int8 activations lose too much there (${list(float32Products)})`,
        ]
      : []),
    ...(float32Layers.length > 0
      ? [`${float32Layers.length} left in float32, since int8 weights lose too much (${list(float32Layers)})`]
      : []),
  ];
  return `${all} in int8, ${parts.join(", and ")}; ${moved}.`;
}

function list(names: readonly string[]): string {
  const more = names.length > listed ? ` and ${names.length - listed} more` : "";
  return `${names
    .slice(0, listed)
    .map((name) => name.replace(/\.weight$/, ""))
    .join(", ")}${more}`;
}
