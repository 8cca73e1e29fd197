import { DataError } from "../errors.ts";
import type { NumpyGenerator } from "../random/numpy.ts";
import type { Feature } from "./features.ts";
import { className, classNames } from "./labels.ts";
import type { Value } from "./values.ts";

/** The class of every row, as both parts of a stratified split are to have them. */
export interface Strata {
  /** The column, for messages. */
  where: string;
  /** Names of the classes that there are rows of; undefined of the rows without a class. */
  names: readonly (string | undefined)[];
  /** Positions of the rows of each class, rising. */
  rows: readonly (readonly number[])[];
}

/**
 * The strata of a column of classes, in the order of its classes; rows without one come first, as a stratum of their
 * own.
 *
 * @throws DataError where the column holds lists, objects or decimals.
 */
export function strataOf(values: readonly Value[], feature: Feature, where: string): Strata {
  if (values.some((value) => typeof value === "object" && value !== null)) {
    throw new DataError(`${where} holds lists or objects; rows are stratified by one class each`);
  }
  const rowsOf = new Map<string | undefined, number[]>([[undefined, []]]);
  for (const name of classNames(values, feature, where)) rowsOf.set(name, []);
  for (const [row, value] of values.entries()) rowsOf.get(className(value, feature))!.push(row);
  const present = [...rowsOf].filter(([, rows]) => rows.length > 0);
  return {
    where,
    names: present.map(([name]) => name),
    rows: present.map(([, rows]) => rows),
  };
}

/**
 * Why rows can't be stratified into parts of these sizes; undefined where they can. Rows without a class may stand in
 * one part alone.
 */
export function unstratifiable({ where, names, rows }: Strata, sizes: readonly number[]): string | undefined {
  const classes = names.filter((name) => name !== undefined).length;
  const single = rows.findIndex(({ length }, i) => names[i] !== undefined && length < 2);
  if (single >= 0) {
    return `class "${names[single]}" of ${where} has a single row, which can't stand in both parts`;
  }
  const short = sizes.find((size) => size < classes);
  if (short === undefined) return undefined;
  return `a part of ${short} rows can't hold all ${classes} classes of ${where}`;
}

/**
 * Row indices of two parts that have classes in the same shares: those that `train_test_split(stratify_by_column)` of
 * Hugging Face `datasets` chooses, which are those of scikit-learn's StratifiedShuffleSplit with numpy's generator.
 */
export function stratifiedRows(
  { rows }: Strata,
  { train, test }: { train: number; test: number },
  random: NumpyGenerator,
): { train: Uint32Array; test: Uint32Array } {
  const sizes = rows.map(({ length }) => length);
  const trained = likeliestDraw(sizes, train, random);
  const rest = sizes.map((size, i) => size - trained[i]!);
  const tested = likeliestDraw(rest, test, random);
  const [trainRows, testRows]: [number[], number[]] = [[], []];
  for (const [i, own] of rows.entries()) {
    const [first, last] = [trained[i]!, trained[i]! + tested[i]!];
    for (const [place, position] of random.permutation(own.length).entries()) {
      if (place < first) trainRows.push(own[position]!);
      else if (place < last) testRows.push(own[position]!);
    }
  }
  const shuffled = (chosen: number[]) =>
    random.permutation(chosen.length).map((position) => chosen[position]!);
  return { train: shuffled(trainRows), test: shuffled(testRows) };
}

/**
 * How many of each kind a draw of `draws` most probably holds (the mode of the multivariate hypergeometric
 * distribution, off by one at most): the share rounded down, and one more of those that lost most by it. Ties are drawn.
 */
function likeliestDraw(sizes: readonly number[], draws: number, random: NumpyGenerator): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const shares = sizes.map((size) => (draws * size) / all);
  const counts = shares.map(Math.floor);
  const lost = shares.map((share, i) => share - counts[i]!);
  let missing = draws - counts.reduce((sum, count) => sum + count, 0);
  for (const value of [...new Set(lost)].sort((a, b) => b - a)) {
    if (missing <= 0) break;
    const tied = [...lost.keys()].filter((i) => lost[i] === value);
    const added = Math.min(tied.length, missing);
    for (const place of random.choice(tied.length, added)) counts[tied[place]!]! += 1;
    missing -= added;
  }
  return counts;
}
