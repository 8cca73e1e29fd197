/**
 * Weights under which every class counts alike: rows / (classes · rows of the class), over the classes that have
 * rows, as scikit-learn's `balanced`. A class without rows gets 1.
 *
 * @param labels Class indices: [rows].
 * @returns [classes]
 */
export function balancedClassWeights(labels: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]! += 1;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 1 : labels.length / (present * count)));
}
