/** What always predicting one class scores: the least that a model must beat. */
export interface MajorityBaseline {
  /** The most frequent class of the training split; the lowest index where several are equally frequent. */
  label: number;
  accuracy: number;
  /** Over the classes that occur among the labels, and the predicted one. */
  macroF1: number;
}

/**
 * Scores a split as if every row were predicted to be the most frequent class of the *training* split.
 *
 * @param trainLabelCounts rows of the training split per class: [classes]
 * @param testLabels class index of each row of the scored split: [rows]
 * @throws RangeError where there are no classes or no rows
 */
export function majorityBaseline(
  trainLabelCounts: ArrayLike<number>,
  testLabels: Int32Array,
): MajorityBaseline {
  const counts = Array.from(trainLabelCounts);
  if (counts.length === 0) throw new RangeError("a majority baseline needs at least one class");
  if (testLabels.length === 0) throw new RangeError("a majority baseline needs at least one row");
  const label = counts.indexOf(Math.max(...counts));
  const right = testLabels.reduce((total, other) => total + Number(other === label), 0);
  // Precision is right / rows and recall is 1 (or both are 0): F1 of the one class that is ever predicted.
  const f1 = (2 * right) / (right + testLabels.length);
  const occurring = new Set(testLabels).add(label).size;
  return { label, accuracy: right / testLabels.length, macroF1: f1 / occurring };
}
