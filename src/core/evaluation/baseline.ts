import { type Answer, classesOf, sameAnswer, type Targets } from "../data/targets.ts";
import { mean, ratio, sum } from "./sums.ts";

/** What answering the same to every row scores: the least that a model must beat. */
export interface Baseline {
  /** What is always answered. */
  label: Answer;
  /** Of a multi-label task the share of rows whose whole set is right. */
  accuracy: number;
  /**
   * Over the classes that occur among the labels, and the predicted one; of a multi-label task over all classes, as
   * `MultiLabelReport` has it.
   */
  macroF1: number;
  /** Of a multi-label task; of others it is the accuracy. */
  microF1?: number;
}

/**
 * Scores a split as if every row were answered as most rows of the *training* split are: with their most frequent class
 * or, of a multi-label task, their most frequent set of classes. The lowest index or the earliest set where several
 * are equally frequent.
 *
 * @throws RangeError where there are no rows
 */
export function majorityBaseline(train: Targets, test: Targets): Baseline {
  if (train.rows === 0) throw new RangeError("a majority baseline needs at least one training row");
  const counts = train.counts();
  return train.task === "singleLabel"
    ? constantBaseline(counts.indexOf(Math.max(...counts)), test)
    : constantBaseline(mostFrequentSet(train), test);
}

/**
 * Scores a split as if every class applied to every row: of a multi-label task what F1 gives for nothing, since recall
 * is 1.
 */
export function everyClassBaseline(test: Targets): Baseline {
  return constantBaseline(
    Array.from({ length: test.classes }, (_, label) => label),
    test,
  );
}

function constantBaseline(label: Answer, test: Targets): Baseline {
  const { rows, classes, task } = test;
  if (rows === 0) throw new RangeError("a baseline needs at least one row");
  const answers = Array.from({ length: rows }, (_, row) => test.answer(row));
  const accuracy = answers.filter((answer) => sameAnswer(answer, label)).length / rows;
  const support = test.counts();
  const answered = classesOf(label);
  // Of a class that is always answered precision is its share of the rows and recall is 1; of others both are 0.
  const f1 = answered.map((c) => ratio(2 * support[c]!, support[c]! + rows));
  if (task === "singleLabel") {
    const occurring = support.filter((count, c) => count > 0 || c === label).length;
    return { label, accuracy, macroF1: sum(f1) / occurring };
  }
  const right = sum(answered.map((c) => support[c]!));
  return {
    label,
    accuracy,
    macroF1: mean([...f1, ...new Array<number>(classes - f1.length).fill(0)]),
    microF1: ratio(2 * right, sum(support) + answered.length * rows),
  };
}

function mostFrequentSet(train: Targets): Answer {
  const sets = new Map<string, { answer: Answer; rows: number }>();
  for (let row = 0; row < train.rows; row++) {
    const answer = train.answer(row);
    const key = String(answer);
    const known = sets.get(key);
    if (known) known.rows += 1;
    else sets.set(key, { answer, rows: 1 });
  }
  return [...sets.values()].reduce((most, set) => (set.rows > most.rows ? set : most)).answer;
}
